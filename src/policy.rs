//! The Appraisal Policy: named presets, and a file that can only tighten them.

use serde::Deserialize;

use crate::report::PolicyView;

/// Older collateral is a warning for now (O16).
pub const MAX_COLLATERAL_AGE_DAYS: u32 = 7;
/// Largest policy file.
pub const MAX_POLICY: usize = 64 * 1024;

/// What an appraisal asks for beyond what it always asks for.
///
/// There is no field that turns a check off: every value is at least as strict as the preset `ceremony`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    name: String,
    min_tcb_evaluation_data_number: u32,
    max_collateral_age_days: u32,
    require_up_to_date: bool,
    refuse_applicant_collateral: bool,
}

/// A policy file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PolicyFile {
    /// The preset that it tightens.
    base: String,
    min_tcb_evaluation_data_number: Option<u32>,
    max_collateral_age_days: Option<u32>,
    require_up_to_date: Option<bool>,
    refuse_applicant_collateral: Option<bool>,
}

/// Why a policy cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PolicyError {
    /// Neither a preset's name nor JSON.
    UnknownPreset {
        /// What was given, at most 40 characters.
        name: String,
    },
    /// Not JSON of the documented form.
    Unreadable {
        /// From 1.
        line: usize,
        /// From 1.
        column: usize,
    },
    /// A field would loosen the preset that it starts from.
    Loosens {
        /// The field.
        field: &'static str,
        /// The preset's value.
        preset: String,
        /// The file's value.
        given: String,
    },
    /// More than [`MAX_POLICY`] bytes.
    TooLarge {
        /// How many bytes.
        bytes: usize,
    },
}

impl PolicyError {
    /// A closed, stable code.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::UnknownPreset { .. } => "POLICY_UNKNOWN",
            Self::Unreadable { .. } => "POLICY_UNREADABLE",
            Self::Loosens { .. } => "POLICY_LOOSENS",
            Self::TooLarge { .. } => "POLICY_TOO_LARGE",
        }
    }
}

impl std::fmt::Display for PolicyError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::UnknownPreset { name } => write!(
                f,
                "There is no policy {}. Use \"ceremony\", \"strict\", or a policy's JSON.",
                crate::text::quoted(name, 40)
            ),
            Self::Unreadable { line, column } => write!(
                f,
                "The policy cannot be read at line {line}, column {column}. See docs/policy.md for its fields."
            ),
            Self::Loosens {
                field,
                preset,
                given,
            } => write!(
                f,
                "The policy sets {field} to {given}, which is looser than the preset's {preset}. \
                 A policy can only tighten."
            ),
            Self::TooLarge { bytes } => write!(
                f,
                "The policy has {bytes} bytes; at most {MAX_POLICY} are accepted."
            ),
        }
    }
}

impl std::error::Error for PolicyError {}

impl Default for Policy {
    fn default() -> Self {
        Self::ceremony()
    }
}

impl Policy {
    /// The default: what a ceremony asks for.
    pub fn ceremony() -> Self {
        Self {
            name: "ceremony".to_owned(),
            min_tcb_evaluation_data_number: 0,
            max_collateral_age_days: MAX_COLLATERAL_AGE_DAYS,
            require_up_to_date: false,
            refuse_applicant_collateral: false,
        }
    }

    /// Anything but UpToDate without advisories fails.
    pub fn strict() -> Self {
        Self {
            name: "strict".to_owned(),
            require_up_to_date: true,
            ..Self::ceremony()
        }
    }

    /// A preset's name, or a policy's JSON text.
    ///
    /// # Errors
    /// [`PolicyError`] names the field that cannot be read or that would loosen.
    pub fn parse(text: &str) -> Result<Self, PolicyError> {
        if text.len() > MAX_POLICY {
            return Err(PolicyError::TooLarge { bytes: text.len() });
        }
        if !text.trim_start().starts_with('{') {
            return Self::preset(text.trim());
        }
        let file: PolicyFile =
            serde_json::from_str(text).map_err(|error| PolicyError::Unreadable {
                line: error.line(),
                column: error.column(),
            })?;
        Self::preset(&file.base)?.tightened(&file)
    }

    fn preset(name: &str) -> Result<Self, PolicyError> {
        match name {
            "ceremony" => Ok(Self::ceremony()),
            "strict" => Ok(Self::strict()),
            _ => Err(PolicyError::UnknownPreset {
                name: name.chars().take(40).collect(),
            }),
        }
    }

    fn tightened(self, file: &PolicyFile) -> Result<Self, PolicyError> {
        Ok(Self {
            min_tcb_evaluation_data_number: tighter(
                "min_tcb_evaluation_data_number",
                self.min_tcb_evaluation_data_number,
                file.min_tcb_evaluation_data_number,
                |preset, given| given >= preset,
            )?,
            max_collateral_age_days: tighter(
                "max_collateral_age_days",
                self.max_collateral_age_days,
                file.max_collateral_age_days,
                |preset, given| given <= preset,
            )?,
            require_up_to_date: tighter(
                "require_up_to_date",
                self.require_up_to_date,
                file.require_up_to_date,
                |preset, given| given >= preset,
            )?,
            refuse_applicant_collateral: tighter(
                "refuse_applicant_collateral",
                self.refuse_applicant_collateral,
                file.refuse_applicant_collateral,
                |preset, given| given >= preset,
            )?,
            name: format!("{}, tightened", self.name),
        })
    }

    /// Lowest tcbEvaluationDataNumber that is accepted (O15).
    pub const fn min_tcb_evaluation_data_number(&self) -> u32 {
        self.min_tcb_evaluation_data_number
    }

    /// Collateral older than this is a warning for now, in seconds (O16).
    pub fn max_collateral_age(&self) -> u64 {
        const DAY: u64 = 86_400;
        DAY.saturating_mul(u64::from(self.max_collateral_age_days))
    }

    /// Whether anything but UpToDate without advisories fails.
    pub const fn requires_up_to_date(&self) -> bool {
        self.require_up_to_date
    }

    /// Whether collateral from the applicant fails rather than caps.
    pub const fn refuses_applicant_collateral(&self) -> bool {
        self.refuse_applicant_collateral
    }

    /// The policy as the Report shows it.
    pub fn view(&self) -> PolicyView {
        PolicyView {
            name: self.name.clone(),
            min_tcb_evaluation_data_number: self.min_tcb_evaluation_data_number,
            max_collateral_age_days: self.max_collateral_age_days,
            require_up_to_date: self.require_up_to_date,
            refuse_applicant_collateral: self.refuse_applicant_collateral,
        }
    }
}

/// The given value, when it is at least as strict as the preset's.
fn tighter<T: Copy + std::fmt::Display>(
    field: &'static str,
    preset: T,
    given: Option<T>,
    is_tighter: impl Fn(T, T) -> bool,
) -> Result<T, PolicyError> {
    match given {
        None => Ok(preset),
        Some(given) if is_tighter(preset, given) => Ok(given),
        Some(given) => Err(PolicyError::Loosens {
            field,
            preset: preset.to_string(),
            given: given.to_string(),
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn presets_have_names() {
        assert_eq!(Policy::parse("ceremony"), Ok(Policy::ceremony()));
        assert_eq!(Policy::parse(" strict\n"), Ok(Policy::strict()));
        assert_eq!(
            Policy::parse("Strict").unwrap_err().code(),
            "POLICY_UNKNOWN"
        );
        assert_eq!(Policy::parse("").unwrap_err().code(), "POLICY_UNKNOWN");
    }

    #[test]
    fn a_policy_file_can_only_tighten() {
        let policy = Policy::parse(
            r#"{"base":"ceremony","min_tcb_evaluation_data_number":20,"max_collateral_age_days":3,
                "require_up_to_date":true,"refuse_applicant_collateral":true}"#,
        )
        .unwrap();
        assert_eq!(policy.min_tcb_evaluation_data_number(), 20);
        assert_eq!(policy.max_collateral_age(), 3 * 86_400);
        assert!(policy.requires_up_to_date() && policy.refuses_applicant_collateral());
        for loosening in [
            r#"{"base":"ceremony","max_collateral_age_days":8}"#,
            r#"{"base":"strict","require_up_to_date":false}"#,
        ] {
            assert_eq!(
                Policy::parse(loosening).unwrap_err().code(),
                "POLICY_LOOSENS",
                "{loosening}"
            );
        }
    }

    #[test]
    fn an_unknown_or_doubled_field_is_refused() {
        for text in [
            r#"{"base":"ceremony","allow_debug":true}"#,
            r#"{"base":"ceremony","base":"strict"}"#,
            r#"{}"#,
            r#"{"base":"ceremony"} x"#,
        ] {
            assert_eq!(
                Policy::parse(text).unwrap_err().code(),
                "POLICY_UNREADABLE",
                "{text}"
            );
        }
    }
}
