//! As much of JSON Schema as the API document uses, read strictly: what is not declared is wrong.

#![expect(clippy::expect_used, reason = "a test that cannot go on says why")]

use serde_json::{Map, Value};

/// What is wrong with a value; empty where it is as its schema says.
pub(crate) fn validate(document: &Value, schema: &Value, value: &Value, at: &str) -> Vec<String> {
    let wrong = |what: &str| vec![format!("{at}: {what}")];
    if let Some(pointer) = schema["$ref"].as_str() {
        let target = document.pointer(pointer.trim_start_matches('#')).expect("a schema");
        return validate(document, target, value, at);
    }
    if let Some(choices) = schema["oneOf"].as_array() {
        let fits = |choice: &&Value| validate(document, choice, value, at).is_empty();
        return if choices.iter().filter(fits).count() == 1 {
            vec![]
        } else {
            wrong("fits not one")
        };
    }
    if !is_of_type(&schema["type"], value) {
        return wrong(&format!("is not of type {}", schema["type"]));
    }
    if schema["enum"].as_array().is_some_and(|names| !names.contains(value)) {
        return wrong("is no declared name");
    }
    let timed = schema["format"] != "date-time" || value.as_str().is_none_or(|t| t.ends_with('Z'));
    if !timed {
        return wrong("is no time");
    }
    match value {
        Value::Array(list) => {
            let each = list.iter().enumerate();
            each.flat_map(|(i, one)| {
                validate(document, &schema["items"], one, &format!("{at}/{i}"))
            })
            .collect()
        }
        Value::Object(members) => validate_members(document, schema, members, at),
        _ => vec![],
    }
}

fn validate_members(
    document: &Value,
    schema: &Value,
    members: &Map<String, Value>,
    at: &str,
) -> Vec<String> {
    let mut wrong = Vec::new();
    let Some(declared) = schema["properties"].as_object() else { return wrong };
    for needed in schema["required"].as_array().into_iter().flatten() {
        let name = needed.as_str().expect("a name");
        if !members.contains_key(name) {
            wrong.push(format!("{at}/{name}: is missing"));
        }
    }
    for (name, value) in members {
        let at = format!("{at}/{name}");
        match declared.get(name) {
            Some(schema) => wrong.extend(validate(document, schema, value, &at)),
            None => wrong.push(format!("{at}: is not declared")),
        }
    }
    wrong
}

/// Whether a value has one of the types; a schema without a type takes any.
fn is_of_type(types: &Value, value: &Value) -> bool {
    let name = match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(number) if number.is_i64() || number.is_u64() => "integer",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    };
    match types {
        Value::String(one) => one == name,
        Value::Array(several) => several.iter().any(|one| one == name),
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_is_not_declared_is_wrong() {
        let schema = json!({
            "type": "object", "required": ["a"],
            "properties": {"a": {"type": "string", "enum": ["x"]}, "b": {"type": ["integer", "null"]}}
        });
        let wrong = |value: Value| validate(&json!({}), &schema, &value, "");
        assert!(wrong(json!({"a": "x", "b": null})).is_empty());
        for value in
            [json!({}), json!({"a": "y"}), json!({"a": "x", "b": 1.5}), json!({"a": "x", "c": 1})]
        {
            assert_eq!(wrong(value.clone()).len(), 1, "{value}");
        }
    }
}
