"""SQLite's file formats as bytes: header, pages, records, the -wal. Nothing here asks SQLite.

Promise: reads bytes that may be anything, never raises on them but what its docstrings say, and never
writes. ``wal`` parses a -wal's header and frames, for all; ``wal_reader`` follows one that is being
written, ``wal_pages`` gets out of a damaged one what it has.
``page_hash`` is what page checksums keep of a page; ``file_kind`` says what a file is before anything of it
is believed; ``sidecars`` says what beside a file would make SQLite wait for ever or delete what is not its
own.

Way in: its modules. Owner: nobody; there is no state.
"""
