"""The only code that touches the outside: one room per counterpart."""
