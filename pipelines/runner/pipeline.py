"""A benchmark's stages in the order in which they run, as a list that is read from top to bottom.

The run executes it, a plan reads it with nothing executed, and a worker in another process finds a
stage in it by name. Rounds stand in it once, whatever number of them the answers come to need.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from artifacts.records import StageName
from pipelines.errors import StageDeclarationError, StageUnknownError
from pipelines.runner.stage import Every, Input, Stage, Tables


@dataclass(frozen=True, slots=True)
class Rounds:
    """Stages that run again until their answers suffice.

    Attributes:
        stages: In the order of a round.
        most: The largest number of rounds; the first one always runs.
        again: Whether another round is wanted, given all that is finished.
        spare: Whether a run can do without further rounds: one that its budget does not reach is
            given up, and what the rounds before it gave goes on.
    """

    stages: tuple[Stage, ...]
    most: int
    again: Callable[[Tables], bool]
    spare: bool = False


@dataclass(frozen=True, slots=True)
class Together:
    """Stages that do not read from each other and run at the same time; people see them as one.

    Attributes:
        stages: In the order in which the run's record names them.
        only: Which of them run, given all that is finished; all by default.
        foreseen: Which of them a plan expects to run; all by default.
    """

    stages: tuple[Stage, ...]
    only: Callable[[Tables, Stage], bool] = lambda tables, stage: True
    foreseen: Callable[[Stage], bool] = lambda stage: True


Step: TypeAlias = Stage | Rounds | Together


class Pipeline:
    """A list of steps; the attributes are its arguments.

    Args:
        steps: In their order.

    Raises:
        StageDeclarationError: Two stages have one name, or an input comes before its stage.
        StageUnknownError: A stage looks at one that is not there.
    """

    def __init__(self, steps: Sequence[Step]) -> None:
        """Holds names and inputs against each other."""
        self.steps = tuple(steps)
        self._by_name: dict[StageName, Stage] = {}
        for stage in self.stages:
            if stage.name in self._by_name:
                raise StageDeclarationError("stages must have names of their own", str(stage.name))
            for name in named_in(stage.inputs):
                if name not in self._by_name:
                    rule = f"stage {stage.name} must come after its inputs"
                    raise StageDeclarationError(rule, str(name))
            self._by_name[stage.name] = stage
        for stage in self.stages:
            for name in named_in(stage.beside):
                self.stage(name)

    @property
    def stages(self) -> Iterator[Stage]:
        """Every stage, each once, in order."""
        for step in self.steps:
            yield from (step,) if isinstance(step, Stage) else step.stages

    def stage(self, name: StageName) -> Stage:
        """The stage of that name, whatever its round.

        Raises:
            StageUnknownError: There is none.
        """
        found = self._by_name.get(name.at(None))
        if found is None:
            raise StageUnknownError("a stage must be one of the pipeline's", str(name))
        return found


def named_in(inputs: Sequence[Input]) -> Iterator[StageName]:
    """The stages that inputs name, without rounds."""
    for each in inputs:
        yield from (each.stage,) if isinstance(each, Every) else each.among
