"""python -m cairn_pipeline.compose: the compose commands alone."""

from cairn_pipeline.compose.commands import compose_app

if __name__ == "__main__":
    compose_app()
