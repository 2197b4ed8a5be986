"""Who and where, as every page names them. Money is in minor units of the ``currency`` beside it, and all-in."""

from pydantic import BaseModel


class OrganiserName(BaseModel):
    slug: str
    name: str


class VenueName(BaseModel):
    name: str
    city: str


class VenueAddress(VenueName):
    address: str


def image_url(key: str | None) -> str | None:
    return None if key is None else f"/media/{key}"
