"""The API described: an OpenAPI 3.1 document and a page to read it.

Models describe what goes in and out; nothing here checks a request, that is done by the readers of
the core, whose messages name the place that is wrong. A test compares the operations listed here
with the routes of the server, and another one sends what the document promises.
"""
