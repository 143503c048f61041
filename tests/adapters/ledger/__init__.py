"""The ledger's homes: what every one of them promises, and what each of them risks."""
