"""The rules that all subjects share; neither Discord nor asyncio nor connections.

``subject`` is what a subject declares. ``permissions`` says who may do what, ``refusals`` how a rule says
no, ``sentences`` what people read when the schema says no, ``fields`` the types of fields with their
ranges, ``calendar`` the server's days and hand-overs, ``moments`` past moments as people type them,
``questions`` what is kept of a question before a change, ``pruning`` what prunings share.
"""
