"""Treaties between two nations: one proposes, the other's president accepts or declines.

    pending ──accept──▶ active ──end (either side)──▶ ended
       ├─decline──▶ declined
       ├─withdraw (who proposed)──▶ withdrawn
       └─fourteen days──▶ expired

Of each kind there is one at a time between two nations that waits or is in force, whichever side proposed it
(the index ``treaty_open_pair`` holds that); what was declined, withdrawn, has expired or ended is in nobody's
way. ``writes.saving`` is the one place that changes a row. When a nation is archived its treaties end.
"""
