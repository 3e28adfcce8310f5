"""Values that look like what a property's name says, from Faker. Each kind is drawn once and then chosen from."""

from __future__ import annotations

from functools import cache
from typing import Any

from mockapi.engine.hints import words_of

_POOL = 64

# The last word of a property name that is listed here decides; several words are tried together first.
_PROVIDERS: dict[str, str] = {
    "first name": "first_name", "given name": "first_name", "last name": "last_name", "family name": "last_name",
    "surname": "last_name", "full name": "name", "user name": "user_name", "username": "user_name", "login": "user_name",
    "company name": "company", "file name": "file_name", "filename": "file_name", "product name": "catch_phrase",
    "street address": "street_address", "email address": "email", "phone number": "phone_number", "zip code": "postcode",
    "postal code": "postcode", "country code": "country_code", "currency code": "currency_code", "job title": "job",
    "ip address": "ipv4", "mac address": "mac_address", "credit card": "credit_card_number", "time zone": "timezone",
    "name": "name", "author": "name", "person": "name", "customer": "name", "contact": "name", "owner": "name", "attendee": "name",
    "attendees": "name", "participant": "name", "participants": "name", "recipient": "name", "guest": "name", "speaker": "name",
    "email": "email", "mail": "email", "phone": "phone_number", "mobile": "phone_number", "fax": "phone_number",
    "address": "address", "street": "street_name", "city": "city", "town": "city", "location": "city", "place": "city",
    "destination": "city", "origin": "city", "state": "state", "province": "state", "region": "state", "country": "country",
    "nationality": "country", "zip": "postcode", "postcode": "postcode", "zipcode": "postcode", "company": "company",
    "organization": "company", "organisation": "company", "employer": "company", "vendor": "company", "brand": "company",
    "job": "job", "occupation": "job", "profession": "job", "role": "job", "position": "job", "title": "catch_phrase",
    "headline": "catch_phrase", "subject": "catch_phrase", "slogan": "bs", "color": "color_name", "colour": "color_name",
    "url": "url", "website": "url", "link": "url", "homepage": "url", "domain": "domain_name", "host": "hostname",
    "hostname": "hostname", "ip": "ipv4", "currency": "currency_code", "language": "language_name", "iban": "iban", "isbn": "isbn13",
    "uuid": "uuid4", "guid": "uuid4", "slug": "slug", "timezone": "timezone", "description": "sentence", "summary": "sentence",
    "comment": "sentence", "note": "sentence", "notes": "sentence", "message": "sentence", "explanation": "sentence",
    "reason": "sentence", "reasoning": "sentence", "answer": "sentence", "text": "sentence", "content": "sentence",
    "details": "sentence", "overview": "sentence", "bio": "sentence", "body": "paragraph", "abstract": "paragraph",
    "word": "word", "tag": "word", "tags": "word", "keyword": "word", "keywords": "word", "category": "word", "label": "word",
    "date": "date", "birthday": "date", "time": "time", "month": "month_name", "day": "day_of_week", "weekday": "day_of_week",
    "year": "year",
}  # fmt: skip


@cache
def provider(name: str) -> str | None:
    """The kind of value a property's name asks for, or None."""
    words = words_of(name)
    for start in range(len(words)):
        found = _PROVIDERS.get(" ".join(words[start:]))
        if found:
            return found
    return None


@cache
def pool(kind: str) -> tuple[str, ...]:
    """Some values of a kind. The same on every machine with the same Faker."""
    fake = _faker()
    fake.seed_instance(f"mockapi {kind}")
    make: Any = getattr(fake, kind)
    return tuple(str(make()).replace("\n", ", ") for _ in range(_POOL))


@cache
def _faker() -> Any:
    # Imported on first use: it costs as much as the rest of the start.
    from faker import Faker

    return Faker("en_US")
