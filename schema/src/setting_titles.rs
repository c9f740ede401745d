//! What settings are called on a page: one table for all types, since most settings belong to several.

use crate::field_type::Title;

const TITLES: [(&str, Title); 15] = [
    ("currency_code", Title::new("Currency", "Валюта")),
    ("format", Title::new("Format", "Формат")),
    ("inverse", Title::new("The way back", "Обратная связь")),
    ("max", Title::new("Greatest", "Наибольшее")),
    ("max_length", Title::new("Longest", "Не длиннее")),
    ("min", Title::new("Least", "Наименьшее")),
    (
        "on_delete",
        Title::new("When the other is deleted", "При удалении другой записи"),
    ),
    ("options", Title::new("Options", "Варианты")),
    ("pattern", Title::new("Pattern", "Шаблон")),
    ("precision", Title::new("Digits in all", "Всего цифр")),
    ("scale", Title::new("Decimals", "Знаков после запятой")),
    ("schema", Title::new("JSON Schema", "Схема JSON")),
    (
        "searchable",
        Title::new("Found by search", "Участвует в поиске"),
    ),
    ("sort", Title::new("Sorted as", "Сортировка")),
    ("to", Title::new("Leads to", "Ведёт к")),
];

/// `None` for a setting that is not in the table.
pub(crate) fn of(name: &str) -> Option<Title> {
    let (_, title) = TITLES.iter().find(|(setting, _)| *setting == name)?;
    Some(*title)
}
