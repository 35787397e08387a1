//! `site`: a folder for any static host.

use anyhow::Result;

use crate::shell::say;
use crate::tool::Tool;
use crate::workspace::Workspace;
use crate::{page, pkg};

pub(crate) fn run(workspace: &Workspace) -> Result<()> {
    pkg::run_beside(workspace, &[Tool::Bind, Tool::Bill])?;
    let site = workspace.site();
    page::build(
        workspace,
        &workspace.pkg(),
        &site,
        &page::prefetched(workspace),
    )?;
    say(&format!("the site is in {}", site.display()));
    Ok(())
}
