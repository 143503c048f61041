"""What users commit: documents, the spec models behind them, ownership, and the Catalog of all of them."""
