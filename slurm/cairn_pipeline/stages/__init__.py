"""The stages' programs: python -m cairn_pipeline.stages.NAME --input-path in.json --output-path out.json"""
