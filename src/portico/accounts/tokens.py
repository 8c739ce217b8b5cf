"""Secrets that people and programs carry: made here, stored only as SHA-256. They hold enough entropy to need no slow hash."""

import base64
import hashlib
import secrets

KEY_MARK = "pk_"
_SETUP_GROUPS = 5
_SETUP_GROUP_LETTERS = 4


def new_session_token() -> str:
    """Return 256 random bits in the URL-safe alphabet (43 characters)."""
    return secrets.token_urlsafe(32)


def new_api_key() -> tuple[str, str]:
    """Return a new API key and its public prefix, which tells a person which of the keys it is."""
    prefix = KEY_MARK + secrets.token_hex(4)
    return f"{prefix}_{secrets.token_urlsafe(32)}", prefix


def new_link_token() -> str:
    """Return 192 random bits in the URL-safe alphabet (32 characters): the secret part of a link."""
    return secrets.token_urlsafe(24)


def new_setup_token() -> str:
    """Return 100 random bits that a person can type: five groups of four letters and digits."""
    letters = base64.b32encode(secrets.token_bytes(13)).decode("ascii")
    return "-".join(letters[i * _SETUP_GROUP_LETTERS : (i + 1) * _SETUP_GROUP_LETTERS] for i in range(_SETUP_GROUPS))


def hash_token(token: str) -> str:
    """Return the hex SHA-256 that is stored instead of `token`."""
    return hashlib.sha256(token.encode("utf-8")).hexdigest()


def hash_setup_token(token: str) -> str:
    """Hash a set-up token as typed: case, spaces and hyphens do not matter."""
    return hash_token("".join(char for char in token.upper() if char.isalnum()))


def same_code(given: str, codes: tuple[str, ...]) -> bool:
    """Say whether `given` is one of `codes`, in a time that does not tell how much of it was right."""
    return hash_token(given) in {hash_token(code) for code in codes}
