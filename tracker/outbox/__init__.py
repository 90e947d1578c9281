"""The outbox: letters queued in the transaction of their cause, sent later, once."""
