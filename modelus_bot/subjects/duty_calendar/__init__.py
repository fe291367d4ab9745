"""The rota as a calendar: a picture of the next sprints, and a file for people's own calendar programs."""
