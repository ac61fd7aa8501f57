"""A stage's options as a checked model."""

from typing import TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from cairn_pipeline.contract import ErrorClass, StageError, StageInput


class Options(BaseModel):
    """What the job adds for all stages (jobs.runner); a stage's own options come on top."""

    model_config = ConfigDict(extra="ignore")
    cairn: str = "cairn"


Model = TypeVar("Model", bound=BaseModel)


def read_options(stage_input: StageInput, model: type[Model]) -> Model:
    """Raises StageError(configuration), naming the option."""
    try:
        return model.model_validate(stage_input.options)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise StageError(
            ErrorClass.CONFIGURATION, f"option {place} of stage {stage_input.stage}: {first['msg']}"
        ) from error
