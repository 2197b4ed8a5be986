"""Accounts on the wire."""

import uuid

from pydantic import BaseModel, ConfigDict, Field

from frontrow.people.queries import Person


class _Sent(BaseModel):
    """What a client sends: unknown members are refused, so that a mistyped (or hopeful) one isn't taken for done."""

    model_config = ConfigDict(extra="forbid")


class SignUpRequest(_Sent):
    email: str = Field(max_length=254, examples=["ben@frontrow.example"])
    password: str = Field(max_length=1000, description="8 to 200 characters of any script.")
    name: str = Field(max_length=1000)
    locale: str = Field(default="en", max_length=35, pattern=r"^[A-Za-z0-9-]+$", description="BCP 47, of mails.")


class EmailProofRequest(_Sent):
    token: str = Field(max_length=200, description="From the link in the mail.")


class LogInRequest(_Sent):
    email: str = Field(max_length=254)
    password: str = Field(max_length=1000)


class SignedUp(BaseModel):
    message: str


class OrganiserRole(BaseModel):
    id: uuid.UUID
    slug: str
    name: str
    role: str = Field(description="`owner`, `manager` or `door`.")


class User(BaseModel):
    id: uuid.UUID
    email: str
    name: str
    email_verified: bool = Field(description="The address is proved; guest orders placed with it are the account's.")
    organisers: list[OrganiserRole]

    @classmethod
    def of(cls, person: Person) -> "User":
        return cls(
            id=person.id,
            email=person.email,
            name=person.name,
            email_verified=person.email_verified,
            organisers=[
                OrganiserRole(id=team.id, slug=team.slug, name=team.name, role=team.role) for team in person.organisers
            ],
        )


class Me(BaseModel):
    user: User | None
    csrf_token: str


class Session(BaseModel):
    """A log-in. Browsers have it in cookies; ``access_token`` is for API clients."""

    user: User
    access_token: str
    expires_in: int = Field(description="Seconds.")


class LogInProvider(BaseModel):
    name: str
    start_url: str


class LogInProviders(BaseModel):
    items: list[LogInProvider]
