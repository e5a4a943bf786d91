"""The Windows registry of one user, as far as installing an add-in needs it."""

from __future__ import annotations

import importlib
from typing import Any, Protocol

CURRENT_USER, LOCAL_MACHINE = 0x8000_0001, 0x8000_0002
VIEW_64, VIEW_32 = 0x0100, 0x0200
HIVES = {
    "HKCU": (CURRENT_USER, VIEW_64),
    "HKCU32": (CURRENT_USER, VIEW_32),
    "HKLM": (LOCAL_MACHINE, VIEW_64),
    "HKLM32": (LOCAL_MACHINE, VIEW_32),
}
"""What a key begins with: whose it is, and whether 64-bit or 32-bit programs see it."""


class Registry(Protocol):
    """Keys, beginning with one of `HIVES`; of their values only the default is written."""

    def exists(self, key: str) -> bool:
        """Return whether there is such a key."""

    def read(self, key: str, name: str = "") -> object:
        """Return a value; None where there is none or it may not be read."""

    def write(self, key: str, text: str) -> None:
        """Set the default value of a key; the key is made where it is missing."""

    def clear(self, key: str) -> None:
        """Remove the default value of a key."""

    def remove_empty(self, key: str) -> None:
        """Remove a key that holds neither values nor keys; leave any other."""


class WindowsRegistry:
    """The registry of this machine."""

    def __init__(self) -> None:
        self.winreg: Any = importlib.import_module("winreg")  # exists on Windows only

    def _open(self, key: str, access: int) -> Any:
        hive, _, path = key.partition("\\")
        root, view = HIVES[hive]
        return self.winreg.OpenKey(root, path, 0, access | view)

    def exists(self, key: str) -> bool:
        """Return whether there is such a key."""
        try:
            self._open(key, self.winreg.KEY_READ).Close()
        except OSError:
            return False
        return True

    def read(self, key: str, name: str = "") -> object:
        """Return a value; None where there is none or it may not be read."""
        try:
            with self._open(key, self.winreg.KEY_READ) as handle:
                value: object = self.winreg.QueryValueEx(handle, name)[0]
        except OSError:
            return None
        return value

    def write(self, key: str, text: str) -> None:
        """Set the default value of a key; the key is made where it is missing."""
        hive, _, path = key.partition("\\")
        root, view = HIVES[hive]
        with self.winreg.CreateKeyEx(root, path, 0, self.winreg.KEY_WRITE | view) as handle:
            self.winreg.SetValueEx(handle, "", 0, self.winreg.REG_SZ, text)

    def clear(self, key: str) -> None:
        """Remove the default value of a key."""
        with self._open(key, self.winreg.KEY_WRITE) as handle:
            self.winreg.DeleteValue(handle, "")

    def remove_empty(self, key: str) -> None:
        """Remove a key that holds neither values nor keys; leave any other."""
        if not self.exists(key):
            return
        with self._open(key, self.winreg.KEY_READ) as handle:
            keys, values, _ = self.winreg.QueryInfoKey(handle)
        if not keys and not values:
            hive, _, path = key.partition("\\")
            root, view = HIVES[hive]
            self.winreg.DeleteKeyEx(root, path, view)
