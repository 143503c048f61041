"""Durable work: from a submitted review to a deployed model. The only room that knows DBOS."""
