"""Numbers of a command line, within their bounds."""

from __future__ import annotations

import argparse


def port(word: str) -> int:
    number = int(word)
    if not 0 <= number <= 65535:
        raise argparse.ArgumentTypeError("a port lies between 0 and 65535")
    return number


def seconds(word: str) -> float:
    number = float(word)
    if not 0 < number < float("inf"):
        raise argparse.ArgumentTypeError("a number of seconds is above 0")
    return number


def speed(word: str) -> float:
    factor = float(word)
    if not 0 < factor < float("inf"):
        raise argparse.ArgumentTypeError("a speed is a number above 0")
    return factor


def count(word: str) -> int:
    number = int(word)
    if number < 1:
        raise argparse.ArgumentTypeError("a number above 0")
    return number
