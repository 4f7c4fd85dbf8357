//! Values as people write them: YAML files and `--set` flags, merged as Helm merges them.
