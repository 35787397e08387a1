//! Texts that people start from: `docs/templates/` is the one source for page, package and command line.

use serde::Serialize;

/// A text to fill in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Template {
    /// Its name.
    pub id: &'static str,
    /// What it is for.
    pub title: &'static str,
    /// The name to save it under.
    pub file: &'static str,
    /// What stands in it.
    pub text: &'static str,
}

/// All templates.
pub const ALL: [Template; 4] = [
    Template {
        id: "owner_claim",
        title: "Claim by the server's owner",
        file: "owner-claim.txt",
        text: include_str!("../../docs/templates/owner-claim.txt"),
    },
    Template {
        id: "notification_pledge",
        title: "Data centre's pledge of notification",
        file: "notification-pledge.txt",
        text: include_str!("../../docs/templates/notification-pledge.txt"),
    },
    Template {
        id: "provider_pledge",
        title: "Colocation Provider Pledge",
        file: "colocation-provider-pledge.txt",
        text: include_str!("../../docs/templates/colocation-provider-pledge.txt"),
    },
    Template {
        id: "application",
        title: "Mail to the alliance, to apply with a machine",
        file: "application.txt",
        text: include_str!("../../docs/templates/application.txt"),
    },
];
