//! Role definitions: named sets of data actions, built in and configured.

use serde::Deserialize;

/// The data actions, one bit each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct DataActions(u32);

/// The names that a role definition may use.
const NAMES: [&str; 19] = [
    "read",
    "write",
    "delete",
    "hardDelete",
    "export",
    "resourceValidate",
    "reindex",
    "convertData",
    "import",
    "editProfileDefinitions",
    "searchParameter",
    "bulkOperator",
    "search",
    "readById",
    "create",
    "update",
    "smart",
    "launch",
    "endSessions",
];

impl DataActions {
    const NONE: Self = Self(0);

    fn named(name: &str) -> Option<Self> {
        if name == "*" {
            // Being a SMART user narrows; nobody gets it by having everything.
            let smart = Self::of("smart");
            return Some(Self(((1 << NAMES.len()) - 1) & !smart.0));
        }
        NAMES
            .iter()
            .position(|known| *known == name)
            .map(|bit| Self(1 << bit))
    }

    /// The action of that name; none for an unknown name.
    pub(crate) fn of(name: &str) -> Self {
        let bit = NAMES.iter().position(|known| *known == name);
        bit.map_or(Self::NONE, |bit| Self(1 << bit))
    }

    /// Whether any of the actions in `wanted` is permitted.
    pub(crate) fn has_any(self, wanted: Self) -> bool {
        self.0 & wanted.0 != 0
    }

    /// Both together.
    pub(crate) fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// Whether nothing is permitted.
    pub(crate) fn is_empty(self) -> bool {
        self.0 == 0
    }
}

/// One definition as the operator writes it.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Definition {
    name: String,
    data_actions: Vec<String>,
    #[serde(default)]
    not_data_actions: Vec<String>,
    #[serde(default)]
    scopes: Vec<String>,
}

/// All roles of the deployment.
#[derive(Debug)]
pub(crate) struct Roles {
    roles: Vec<(String, DataActions)>,
}

const BUILT_IN: &str = r#"[
    {"name": "globalReader", "dataActions": ["read", "resourceValidate"]},
    {"name": "globalExporter", "dataActions": ["read", "export"]},
    {"name": "globalConverter", "dataActions": ["read", "convertData"]},
    {"name": "globalImporter", "dataActions": ["read", "import"]},
    {"name": "globalWriter", "dataActions": ["*"],
     "notDataActions": ["hardDelete", "editProfileDefinitions", "endSessions"]},
    {"name": "globalAdmin", "dataActions": ["*"]},
    {"name": "smartUser", "dataActions": ["*", "smart"], "notDataActions": ["endSessions"]}
]"#;

impl Roles {
    /// The built-in roles and those in `configured`, a JSON array of definitions. A configured
    /// role of a built-in name replaces it.
    ///
    /// # Errors
    /// What is wrong with the definitions.
    pub(crate) fn read(configured: Option<&str>) -> Result<Self, String> {
        let mut all = Self { roles: Vec::new() };
        all.add(BUILT_IN)?;
        if let Some(configured) = configured {
            let mut own = Self { roles: Vec::new() };
            own.add(configured)?;
            all.roles
                .retain(|(name, _)| !own.roles.iter().any(|(other, _)| same(name, other)));
            all.roles.append(&mut own.roles);
        }
        Ok(all)
    }

    fn add(&mut self, json: &str) -> Result<(), String> {
        let definitions: Vec<Definition> = serde_json::from_str(json)
            .map_err(|error| format!("ROLES is not a JSON array of role definitions: {error}"))?;
        for definition in definitions {
            let name = definition.name;
            let valid = |c: char| c.is_ascii_alphabetic() || matches!(c, '-' | '_');
            if name.is_empty() || !name.chars().all(valid) {
                return Err(format!(
                    "ROLES: the name `{name}` must be of letters, `-` and `_` only"
                ));
            }
            if definition.scopes.iter().any(|scope| scope != "/") {
                return Err(format!("ROLES: the scope of `{name}` must be `/`"));
            }
            if self.roles.iter().any(|(other, _)| same(other, &name)) {
                return Err(format!("ROLES: `{name}` is defined twice"));
            }
            let union = |names: &[String]| {
                names.iter().try_fold(DataActions::NONE, |all, action| {
                    let action = DataActions::named(action).ok_or_else(|| {
                        let known = NAMES.join(", ");
                        format!("ROLES: `{name}` has the unknown action `{action}`; there are *, {known}")
                    })?;
                    Ok::<_, String>(all.or(action))
                })
            };
            let permitted = union(&definition.data_actions)?;
            let denied = union(&definition.not_data_actions)?;
            self.roles.push((name, permitted.without(denied)));
        }
        Ok(())
    }

    /// Whether there is a role of that name.
    pub(crate) fn is_defined(&self, name: &str) -> bool {
        self.roles.iter().any(|(other, _)| same(other, name))
    }

    /// What the named roles permit together.
    pub(crate) fn permitted(&self, names: &[String]) -> DataActions {
        let held = self
            .roles
            .iter()
            .filter(|(name, _)| names.iter().any(|other| same(name, other)));
        held.fold(DataActions::NONE, |all, (_, actions)| all.or(*actions))
    }
}

fn same(left: &str, right: &str) -> bool {
    left.eq_ignore_ascii_case(right)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn permits(roles: &Roles, role: &str, action: &str) -> bool {
        roles
            .permitted(&[role.to_owned()])
            .has_any(DataActions::of(action))
    }

    #[test]
    fn the_built_in_roles_permit_what_they_say() {
        let roles = Roles::read(None).unwrap();
        for (role, action, expected) in [
            ("globalReader", "read", true),
            ("GLOBALREADER", "read", true),
            ("globalReader", "write", false),
            ("globalExporter", "export", true),
            ("globalWriter", "write", true),
            ("globalWriter", "hardDelete", false),
            ("globalAdmin", "hardDelete", true),
            ("globalAdmin", "smart", false),
            ("globalAdmin", "endSessions", true),
            ("globalWriter", "endSessions", false),
            ("smartUser", "endSessions", false),
            ("smartUser", "smart", true),
            ("globalWriter", "launch", true),
            ("globalReader", "launch", false),
            ("nobody", "read", false),
        ] {
            assert_eq!(permits(&roles, role, action), expected, "{role} {action}");
        }
    }

    #[test]
    fn a_configured_role_joins_or_replaces() {
        let roles = r#"[{"name":"nurse","dataActions":["read","create"],"scopes":["/"]},
            {"name":"globalReader","dataActions":["search"]}]"#;
        let roles = Roles::read(Some(roles)).unwrap();
        assert!(permits(&roles, "nurse", "create"));
        assert!(!permits(&roles, "globalReader", "read"));
    }

    #[test]
    fn wrong_definitions_are_named() {
        for (json, expected) in [
            ("x", "not a JSON array"),
            (
                r#"[{"name":"a","dataActions":["fly"]}]"#,
                "unknown action `fly`",
            ),
            (
                r#"[{"name":"a","dataActions":[]},{"name":"A","dataActions":[]}]"#,
                "twice",
            ),
            (
                r#"[{"name":"a","dataActions":[],"scopes":["/x"]}]"#,
                "must be `/`",
            ),
            (
                r#"[{"name":"a","dataActions":[],"colour":"red"}]"#,
                "colour",
            ),
        ] {
            assert!(
                Roles::read(Some(json)).unwrap_err().contains(expected),
                "{json}"
            );
        }
    }
}
