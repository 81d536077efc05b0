"""The keyed hash by which an end customer is recognised and never named, and the references a dealer goes by.

Only the hash of a customer's reference is kept. A dealer that was sold to as a customer is found all the same, because
its own references, hashed with the same key, give the same value.
"""

from __future__ import annotations

import hashlib


def hash_key(secret: str) -> bytes:
    """The key of the hashes, made of the configured secret (``CUSTOMER_HASH_KEY``)."""
    return hashlib.blake2b(secret.encode(), digest_size=32).digest()


def customer_hash(reference: str, key: bytes) -> str:
    """The hash of a reference without the spaces around it, as it is stored with a sale line; 32 hexadecimal digits."""
    return hashlib.blake2b(reference.strip().encode("utf-8", "surrogatepass"), digest_size=16, key=key).hexdigest()


def references_of_dealer(*, code: str, name: str, uscc: str) -> tuple[str, ...]:
    """How a seller may have written a dealer down as its customer: credit code, code and full name.

    Codes also in small letters; a nickname or a telephone number is not recognised.
    """
    return tuple(dict.fromkeys((uscc, uscc.lower(), code, code.lower(), name)))
