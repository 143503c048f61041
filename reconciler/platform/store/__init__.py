"""Everything the platform remembers: tables, the functions that read and write them, object bytes, migrations.

How to use it from elsewhere in the platform (a request, the seed, a job):

    platform = open_platform(PlatformSettings(data_dir=folder))
    with platform.store.write(platform.owner) as unit:                 # one transaction, committed at the end
        lake = datalakes.default(unit, platform.owner.organization_id)
        source = sources.ensure(unit, lake.organization_id, "camera-1")
        tag = tags.ensure(unit, tags.Scope.datalake(lake), "night")
        stored = objects.put(unit, lake.connector_id, "digits/0.png", png_bytes, content_type="image/png")
        datum = data.register(unit, lake, data.NewData(filename="0.png", object_name=stored.object_name,
                              content_type="image/png", width=8, height=8, tag_ids=[tag.id], source_id=source.id))
        dataset = datasets.create(unit, lake.organization_id, "digits", description="…")
        version = datasets.create_version(unit, dataset, "2026-06", type=InferenceType.CLASSIFICATION)
        datasets.create_label(unit, version, "zero")
        assets.add(unit, version, [datum.id])                           # asset_tag_ids=[…] is optional
        project = projects.create(unit, lake.organization_id, "digits")
        projects.attach(unit, project, version)
        model = models.create(unit, lake.organization_id, "digits")
        release = models.create_version(unit, model, models.Release(name="v7", type=InferenceType.CLASSIFICATION,
                                        framework=Framework.ONNX, labels={"0": "zero"}, parameters={"epochs": 5}))
        objects.put(unit, lake.connector_id, "models/v7.onnx", onnx_bytes, content_type="application/octet-stream")
        models.add_file(unit, release, models.NewFile("model-latest", "model.onnx", "models/v7.onnx", large=False))
        models.record_context(unit, release, versions={"train": version}, parameters={"epochs": 5})

`store.read(owner)` gives a unit that sees one snapshot and changes nothing. A unit only finds rows of the
organisations its actor reaches. Find functions (`find_by_name`, `find_version`) raise `NotFound`; creating a name twice
raises `Conflict`; both are in `store.faults`. Rows are SQLAlchemy objects: read them inside the `with`.

Module map: organizations, datalakes, data, sources, tags, datasets, assets, projects, models, deployments,
training_data, feedback_loop, continuous_training, continuous_deployment, jobs, objects, imports; enumerations: `words`.
"""
