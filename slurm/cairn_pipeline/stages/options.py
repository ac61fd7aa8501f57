"""A stage's options as a checked model."""

from typing import TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from cairn_pipeline.contract import ErrorClass, StageError, StageInput


class Options(BaseModel):
    """What the job adds (StageInput.job), and on top a stage's own options."""

    model_config = ConfigDict(extra="ignore")
    cairn: str = "cairn"


Model = TypeVar("Model", bound=BaseModel)


def read_options(stage_input: StageInput, model: type[Model]) -> Model:
    """Raises StageError(configuration), naming the option."""
    unknown = sorted(set(stage_input.options) - set(model.model_fields))
    if unknown:
        raise StageError(
            ErrorClass.CONFIGURATION,
            f"stage {stage_input.stage} has no option {unknown[0]}; known: {', '.join(model.model_fields)}",
        )
    try:
        return model.model_validate(stage_input.job | stage_input.options)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise StageError(
            ErrorClass.CONFIGURATION, f"option {place} of stage {stage_input.stage}: {first['msg']}"
        ) from error
