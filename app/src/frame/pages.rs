//! The pages that exist, and who is led to them.

use billing::team::Permission;

/// One entry of the navigation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Page {
    /// Its address.
    pub path: &'static str,
    /// Its name, here and in its heading.
    pub name: &'static str,
    /// Under which heading it is listed; none stands on top.
    pub group: Option<&'static str>,
    /// What one must be allowed in order to be led there.
    pub permission: Permission,
}

const fn page(path: &'static str, name: &'static str, permission: Permission) -> Page {
    Page { path, name, group: None, permission }
}

/// In the order in which they are listed. A sign-in leads back to none but these and what lies below them.
pub const PAGES: [Page; 20] = [
    page("/", "Overview", Permission::SeeCapacity),
    page("/productions", "Productions", Permission::SeeProductions),
    page("/usage", "Usage", Permission::SeeUsage),
    page("/estimate", "Estimate", Permission::Estimate),
    Page { group: Some("Billing"), ..page("/plan", "Plan", Permission::ManageBilling) },
    Page { group: Some("Billing"), ..page("/buy", "Buy capacity", Permission::ManageBilling) },
    Page { group: Some("Billing"), ..page("/invoices", "Invoices", Permission::SeeInvoices) },
    Page { group: Some("Money"), ..page("/pnl", "P&L", Permission::SeeCost) },
    Page { group: Some("Money"), ..page("/pnl/platform", "Platform P&L", Permission::SeePlatformPnl) },
    Page { group: Some("Money"), ..page("/platform/lists", "Prices and rates", Permission::SeeRawCost) },
    Page { group: Some("Manage"), ..page("/accounts", "Accounts & budgets", Permission::SeeCost) },
    Page { group: Some("Manage"), ..page("/keys", "Pipeline keys", Permission::ManageKeys) },
    Page { group: Some("Manage"), ..page("/audit", "Audit log", Permission::SeeAudit) },
    Page {
        group: Some("Manage"),
        ..page("/platform/controls", "Platform controls", Permission::RunPlatform)
    },
    Page { group: Some("Manage"), ..page("/platform/customers", "Customers", Permission::RunPlatform) },
    Page {
        group: Some("Manage"),
        ..page("/platform/assignments", "Operator assignments", Permission::RunPlatform)
    },
    Page { group: Some("Manage"), ..page("/platform/jobs", "Background jobs", Permission::RunPlatform) },
    Page { group: Some("Manage"), ..page("/platform/requests", "Data requests", Permission::RunPlatform) },
    Page { group: Some("Manage"), ..page("/team", "Team & seats", Permission::ManageTeam) },
    Page { group: Some("Help"), ..page("/help", "Billing and usage", Permission::SeeCapacity) },
];

/// One of our own addresses, whatever was sent: a page, or something below one, with its query. T21.
#[must_use]
pub fn own_address(address: &str) -> Option<&str> {
    let harmless = |letter: char| letter.is_ascii_graphic() && letter != '\\';
    let path = address.split('?').next().unwrap_or_default();
    let below =
        |page: &Page| page.path == path || (page.path != "/" && path.starts_with(&format!("{}/", page.path)));
    let beside = ["/refusals/", "/orders/", "/you/"].iter().any(|start| path.starts_with(start))
        || ["/billing-details", "/you"].contains(&path);
    let known = PAGES.iter().any(below) || beside;
    (known && !path.contains("..") && address.chars().all(harmless)).then_some(address)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn t21_an_address_leads_to_no_page_but_ours() {
        for own in [
            "/",
            "/productions",
            "/productions/intro",
            "/productions?state=running&account=acc_1",
            "/pnl/platform",
            "/you",
            "/you/factor",
            "/you/privacy",
        ] {
            assert_eq!(own_address(own), Some(own));
        }
        for foreign in [
            "",
            "https://example.com/",
            "//example.com",
            "/\\example.com",
            "/act/sign-out",
            "/nowhere",
            "/productions/../act/sign-out",
            "/productions\r\nset-cookie: a=b",
            "/productionsx",
            "/youth",
            "javascript:alert(1)",
            "data:text/html,x",
            "///example.com",
            "/\t/example.com",
            "/%2e%2e//example.com",
            "https:/productions",
            "\\\\example.com",
            "/@example.com",
            "/.example.com",
            " /productions",
            "/confirm?next=/you",
            "/sign-in",
        ] {
            assert_eq!(own_address(foreign), None, "{foreign:?}");
        }
    }
}
