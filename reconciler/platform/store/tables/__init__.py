"""The tables, one file per noun; a row knows its columns and neighbours, never a rule."""
