"""What the stand-in has to know before it starts."""

from dataclasses import dataclass
from pathlib import Path

API_VERSION = "2026-10-28.endive"


@dataclass(frozen=True, slots=True)
class Config:
    """Settings of one stand-in process. ``webhook_url`` may be down (it is retried) or empty (nothing is sent)."""

    port: int
    db_path: Path
    secret_key: str
    publishable_key: str
    webhook_secret: str
    webhook_url: str
    host: str = "127.0.0.1"
    webhook_concurrency: int = 16

    def __post_init__(self) -> None:
        for name in ("secret_key", "publishable_key", "webhook_secret"):
            if not getattr(self, name):
                raise ValueError(f"the Stripe stand-in needs a {name.replace('_', ' ')}")
        if self.secret_key == self.publishable_key:
            raise ValueError("the secret key and the publishable key must differ")
