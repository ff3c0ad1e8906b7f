"""Recordings on disk: written while a conversation goes on, read again, and played to another one."""
