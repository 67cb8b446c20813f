/** Every policy kind, by the name it has in YAML. */
export const policies = {};
