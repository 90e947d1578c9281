"""The record of every act; nothing alters or deletes an entry."""
