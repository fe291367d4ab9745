"""What a process that runs for months needs of its system: tasks, threads, children, files, and the system's
errors.

Promise: a task that is ended is awaited; threads and children are started in one place each and end with
the bot; a file that is written is there as a whole or not at all (``atomic_files``); whatever root makes
belongs to the bot's user (``ownership``); what an ``errno`` means, and its words for people, is decided
once (``os_errors``).

Way in: its modules. Owner: whoever starts something here ends it; nothing outlives the process.
"""
