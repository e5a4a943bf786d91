"""What Excel does with the server, as a Windows program: run by `tests.addin.wine`, not by pytest.

    python com_client.py folder-of-comtypes calls.json answers.json

comtypes and not pywin32 is the client, for pywin32 passes every error as an omitted argument.
Ranges cross as Excel's do: two dimensions of VARIANTs, counted from 1; whole numbers are errors.
"""

import ctypes
import gc
import json
import sys
import time
import winreg
from pathlib import Path

sys.path.insert(0, sys.argv[1])
sys.coinit_flags = 2  # an apartment of one thread, as Excel's

import comtypes  # noqa: E402
from comtypes.automation import VARIANT, VT_ARRAY, VT_ERROR, VT_VARIANT  # noqa: E402
from comtypes.client import CreateObject  # noqa: E402

CLASSES = r"Software\Classes"
oleaut32 = ctypes.windll.oleaut32


class Bound(ctypes.Structure):
    """How many elements a dimension of an array has, and how its first is counted."""

    _fields_ = (("count", ctypes.c_ulong), ("first", ctypes.c_long))


def variant(cell):
    """A cell, or a range of them."""
    if isinstance(cell, list):
        return block(cell)
    if cell is None:
        return VARIANT()  # a blank cell is empty, not null
    made = VARIANT() if type(cell) is int else VARIANT(cell)
    if type(cell) is int:
        made.vt, made._.VT_I4 = VT_ERROR, cell
    return made


def block(rows):
    """A range as `Value2` gives it."""
    rows = rows if isinstance(rows[0], list) else [rows]
    bounds = (Bound * 2)(Bound(len(rows), 1), Bound(len(rows[0]), 1))
    oleaut32.SafeArrayCreate.restype = ctypes.c_void_p
    array = oleaut32.SafeArrayCreate(VT_VARIANT, 2, bounds)
    for i, row in enumerate(rows, 1):
        for j, cell in enumerate(row, 1):
            at = (ctypes.c_long * 2)(i, j)
            code = oleaut32.SafeArrayPutElement(
                ctypes.c_void_p(array), at, ctypes.byref(variant(cell))
            )
            assert code == 0
    made = VARIANT()
    made.vt = VT_ARRAY | VT_VARIANT
    ctypes.cast(ctypes.addressof(made._), ctypes.POINTER(ctypes.c_void_p))[0] = array
    return made


def copied(path, source, target):
    """Copy a key with all in it; return the keys made, the inner ones first."""
    with winreg.OpenKey(source, path) as old, winreg.CreateKey(target, path) as new:
        keys, values, _ = winreg.QueryInfoKey(old)
        for name, value, kind in (winreg.EnumValue(old, i) for i in range(values)):
            winreg.SetValueEx(new, name, 0, kind, value)
        inner = [f"{path}\\{winreg.EnumKey(old, i)}" for i in range(keys)]
    return [made for key in inner for made in copied(key, source, target)] + [path]


def ours():
    """The keys of the server, as they were registered for the current user."""
    server = f"{CLASSES}\\Evenpoint.Server"
    clsid = winreg.QueryValue(winreg.HKEY_CURRENT_USER, f"{server}\\CLSID")
    return server, f"{CLASSES}\\CLSID\\{clsid}"


def server_processes():
    """How many Pythons without a window run."""
    from win32api import CloseHandle, OpenProcess
    from win32process import EnumProcesses, GetModuleFileNameEx

    names = []
    for number in EnumProcesses():
        try:
            handle = OpenProcess(0x0410, False, number)
            names.append(GetModuleFileNameEx(handle, 0))
            CloseHandle(handle)
        except Exception:  # a process of the system, or one that is just ending
            continue
    return sum(name.lower().endswith("pythonw.exe") for name in names)


def answers(calls):
    """Call the server, let go of it, and tell what it said and whether it is gone."""
    began = time.monotonic()
    server = CreateObject("Evenpoint.Server", dynamic=True)
    found = {"start_s": time.monotonic() - began, "shown": []}
    began = time.monotonic()
    for function, cells in calls:
        given = tuple(map(variant, cells))
        found["shown"].append(server.CallUDF("addin.excel.udfs", function, given))
    found["call_s"] = (time.monotonic() - began) / len(calls)
    try:
        server.CallUDF("os", "system", ("echo",))
        found["refused"] = ""
    except comtypes.COMError as error:
        found["refused"] = str(error)
    found["action"] = server.Run("show_help", None)
    found["servers_while_connected"] = server_processes()
    del server
    gc.collect()
    began = time.monotonic()
    while server_processes() and time.monotonic() - began < 20:
        time.sleep(0.1)
    found["end_s"] = time.monotonic() - began
    found["servers_afterwards"] = server_processes()
    return found


def main(calls, out):
    """Wine looks for classes in the machine's registry only, so they are copied there meanwhile."""
    user, machine = winreg.HKEY_CURRENT_USER, winreg.HKEY_LOCAL_MACHINE
    made = [key for path in ours() for key in copied(path, user, machine)]
    try:
        found = answers(json.loads(Path(calls).read_text(encoding="utf-8")))
    finally:
        for key in made:
            winreg.DeleteKey(machine, key)
    Path(out).write_text(json.dumps(found), encoding="utf-8")


main(*sys.argv[2:4])
