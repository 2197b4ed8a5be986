"""The verbs of the mailroom: tell a buyer something, once; send again what was asked for, or what didn't get out."""
