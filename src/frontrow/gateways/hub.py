"""All doors to the outside of one process, opened in wiring and handed down."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends
from starlette.requests import HTTPConnection

from frontrow.core.runtime import Runtime
from frontrow.gateways import mail, oauth, objects, stripe
from frontrow.gateways.breaker import Breaker
from frontrow.gateways.mail import MailGateway
from frontrow.gateways.oauth import OAuthGateway
from frontrow.gateways.objects import ObjectStore
from frontrow.gateways.stripe import StripeGateway


@dataclass(frozen=True)
class Gateways:
    stripe: StripeGateway
    mail: MailGateway
    objects: ObjectStore
    oauth: dict[str, OAuthGateway]
    breakers: tuple[Breaker, ...]

    @classmethod
    def open(cls, rt: Runtime) -> "Gateways":
        """Make the gateways; nothing connects before it's used."""
        settings = rt.settings
        stripe_breaker = Breaker("stripe", rt.redis, is_answer=stripe.is_answer, slow_s=settings.stripe.timeout_s)
        mail_breaker = Breaker("mail", rt.redis, is_answer=mail.is_answer, slow_s=settings.mail.timeout_s + 1)
        objects_breaker = Breaker("objects", rt.redis, is_answer=objects.is_answer)
        log_ins = {
            name: OAuthGateway(
                name,
                provider,
                f"{settings.origin}/api/account/oauth/{name}/callback",
                rt.secrets,
                Breaker(f"oauth-{name}", rt.redis, is_answer=oauth.is_answer),
            )
            for name, provider in settings.oauth.items()
        }
        return cls(
            stripe=StripeGateway(settings.stripe, rt.secrets, stripe_breaker),
            mail=MailGateway(settings.mail, rt.secrets, mail_breaker),
            objects=objects.open_objects(settings.objects, objects_breaker),
            oauth=log_ins,
            breakers=(
                stripe_breaker,
                mail_breaker,
                objects_breaker,
                # The worker's queue has its own; what all processes know of it is shown here, too.
                *([Breaker("queue", rt.redis)] if settings.queue.kind == "sqs" else []),
                *(log_in.breaker for log_in in log_ins.values()),
            ),
        )

    async def status(self) -> dict[str, str]:
        """The state of every breaker by service: ``closed`` (all well), ``open`` or ``half_open``."""
        return {breaker.name: await breaker.status() for breaker in self.breakers}

    async def close(self) -> None:
        await self.stripe.close()
        await self.objects.close()
        for breaker in self.breakers:
            await breaker.close()


async def gateways(connection: HTTPConnection) -> Gateways:
    """FastAPI dependency: the process's gateways. Async, because FastAPI sends plain functions to a thread."""
    held: Gateways = connection.app.state.gateways
    return held


GatewaysDep = Annotated[Gateways, Depends(gateways)]
