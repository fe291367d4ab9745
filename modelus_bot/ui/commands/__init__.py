"""What every command group is built on: who asks, what they may do, suggestions while they type.

``group`` has the base class, ``needs`` who may use which command, ``suggestions`` autocomplete,
``previews`` what a change would do, ``adding`` gives the bot the commands of all subjects.
"""
