"""The wizard that makes a plan of a document: uploaded, read, checked by a person."""
