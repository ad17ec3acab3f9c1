//! Parts that several pages share.

pub(crate) mod account_list;
pub(crate) mod address_link;
pub(crate) mod chosen_record;
pub(crate) mod copy_button;
pub(crate) mod drawer;
pub(crate) mod failure_notice;
pub(crate) mod field;
pub(crate) mod flag_mark;
pub(crate) mod header;
pub(crate) mod json_view;
pub(crate) mod loaded;
pub(crate) mod narrative_view;
pub(crate) mod page_heading;
pub(crate) mod person_menu;
pub(crate) mod readable_view;
pub(crate) mod record_picker;
pub(crate) mod reply_url;
pub(crate) mod resource_view;
pub(crate) mod row_table;
pub(crate) mod settled;
pub(crate) mod sign_in_attempt;
pub(crate) mod sign_in_panel;
pub(crate) mod skeleton;
pub(crate) mod theme_switch;
pub(crate) mod trend_chart;
pub(crate) mod version_list;
