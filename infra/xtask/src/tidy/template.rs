//! Every function has its resource in `template.yaml`, and every resource its function.
//!
//! The logical id is the folder's name with a capital letter: the Makefile, which SAM calls with
//! the logical id, finds the crate by the same rule.

use crate::files::File;

/// Functions without a resource, and resources without a function.
pub(super) fn problems(template: &File, functions: &[String]) -> Vec<String> {
    let resources = functions_in(&template.text);
    let missing = functions
        .iter()
        .filter(|folder| !resources.iter().any(|id| id.to_lowercase() == **folder))
        .map(|folder| format!("{}: no resource for functions/{folder}", template.path));
    let strange = resources.iter().filter(|id| !functions.contains(&id.to_lowercase())).map(|id| {
        format!("{}: `{id}` has no folder functions/{}", template.path, id.to_lowercase())
    });
    missing.chain(strange).collect()
}

/// The logical ids of the resources that are functions.
///
/// Resources are indented by two spaces and their types by four, as in the whole file.
fn functions_in(text: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let (mut section, mut id) = ("", "");
    for line in text.lines() {
        let word = line.trim_end().trim_end_matches(':');
        let indent = line.len() - line.trim_start().len();
        match indent {
            _ if line.trim_start().starts_with('#') || word.is_empty() => {}
            0 => section = word,
            2 => id = word.trim_start(),
            4 if section == "Resources" && word.trim() == "Type: AWS::Serverless::Function" => {
                found.push(id);
            }
            _ => {}
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEMPLATE: &str = "
Globals:
  Function:
    Type: AWS::Serverless::Function
Resources:
  # Reads.
  Access:
    Type: AWS::Serverless::Function
    Properties:
      Timeout: 15

  Records:
    Type: AWS::DynamoDB::Table
Outputs:
  Url:
    Value: x
";

    fn broken(functions: &[&str]) -> Vec<String> {
        let file = File { path: "template.yaml".to_owned(), text: TEMPLATE.to_owned() };
        let functions: Vec<String> = functions.iter().map(|name| (*name).to_owned()).collect();
        problems(&file, &functions)
    }

    #[test]
    fn one_resource_for_one_function_passes() {
        assert_eq!(broken(&["access"]), Vec::<String>::new());
    }

    #[test]
    fn a_function_without_a_resource_is_found() {
        assert_eq!(
            broken(&["access", "delete"]),
            ["template.yaml: no resource for functions/delete"]
        );
    }

    #[test]
    fn a_resource_without_a_function_is_found() {
        assert_eq!(broken(&[]), ["template.yaml: `Access` has no folder functions/access"]);
    }
}
