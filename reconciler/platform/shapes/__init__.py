"""The objects of the wire protocol (section 2.0) as clients send and read them, one file per noun."""
