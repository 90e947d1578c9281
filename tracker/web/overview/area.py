"""The area of lists: the ledger and the to-do list stand in several files and share one blueprint."""

from flask import Blueprint

from tracker.web.overview import ledger, todo, unchanged

overview = Blueprint("overview", __name__)

overview.add_url_rule("/ledger", "ledger", ledger.ledger)
overview.add_url_rule("/overdue", "overdue", ledger.overdue)
overview.add_url_rule("/ledger/export", "export_ledger", ledger.export_ledger, methods=["POST"])
overview.add_url_rule("/overdue/export", "export_overdue", ledger.export_overdue, methods=["POST"])
overview.add_url_rule("/todo", "todo", todo.todo)
overview.add_url_rule("/todo/acknowledge", "acknowledge", todo.acknowledge, methods=["POST"])
overview.add_url_rule("/todo/unchanged", "preview_unchanged", unchanged.preview, methods=["POST"])
overview.add_url_rule("/todo/unchanged/file", "file_unchanged", unchanged.file, methods=["POST"])
