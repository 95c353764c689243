"""Walk the clock from the founding to now, through every report and act of the play in the order of time."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from incidents.base.settings import Settings
from incidents.demo.acts import Scene, open_case, play
from incidents.demo.found import found
from incidents.demo.script import Act, Story, stories
from incidents.demo.stage import Stage, WalkingClock
from incidents.store.engine import Database

FOUNDED_BEFORE = timedelta(days=60)


def seed(engine: Database, settings: Settings, now: datetime, say: Callable[[str], None]) -> Stage:
    """Fill an empty, migrated database with the play, ending at ``now`` (aware UTC).

    Mails go to ``settings.smtp_url`` on the way, each at its own time.
    """
    stage = Stage(engine, settings, WalkingClock(now - FOUNDED_BEFORE))
    found(stage)
    scenes: dict[int, Scene] = {}
    for at, number, story, act in sorted(_moments(now), key=lambda moment: moment[0]):
        stage.walk_to(at)
        if act is None:
            scenes[number] = open_case(stage, story)
            say(f"  {_words(story.ago)} ago  {story.title}")
        else:
            play(stage, scenes[number], act)
            stage.send()  # an act may have somebody told at once
    stage.walk_to(now)
    stage.tick()
    return stage


def _moments(now: datetime) -> Iterator[tuple[datetime, int, Story, Act | None]]:
    for number, story in enumerate(stories()):
        opened = now - story.ago
        yield opened, number, story, None
        for act in story.acts:
            yield opened + act.after, number, story, act


def _words(ago: timedelta) -> str:
    hours = ago / timedelta(hours=1)
    return f"{hours:5.1f} hours" if hours < 100 else f"{hours / 24:5.1f} days "
