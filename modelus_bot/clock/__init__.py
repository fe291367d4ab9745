"""What time it is, how old something is, and whether the machine's clock may be believed about either.

Promise: nothing is dropped or deleted by age while the clock is doubted. ``belief`` is a pure state machine
over what was seen of the clock, ``steps`` the arithmetic of ages, ``memory`` what files say from before
this start, ``words`` what administrators read.

Way in: ``Clock`` in ``clock``. Owner: ``app`` builds it and hands it to database and bot.
"""
