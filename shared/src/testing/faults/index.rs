//! Indexes that lag behind their tables.

use super::{
    answer::Answer,
    part::{key_of, text},
    record::Key,
    request::Request,
};
use serde_json::Value;
use std::{
    cmp::Ordering,
    collections::{BTreeMap, HashMap, HashSet},
};

/// What indexes showed last, and which rows they do not follow.
#[derive(Default)]
pub(super) struct Index {
    /// Rows written since the lag began, while it lasts.
    behind: Option<HashSet<Key>>,
    /// Rows of the latest write.
    latest: HashSet<Key>,
    /// What a table's index last showed of a partition, over all pages.
    shown: HashMap<[String; 3], BTreeMap<Key, Value>>,
}

impl Index {
    pub(super) fn lag(&mut self, on: bool) {
        self.behind = on.then(|| self.behind.take().unwrap_or_default());
    }

    pub(super) fn learn_write(&mut self, request: &Request) {
        self.latest = request.written().collect();
        if let Some(behind) = &mut self.behind {
            behind.extend(self.latest.iter().cloned());
        }
    }

    /// Makes an index show the rows it is behind on as it showed them last, or not at all. A stale
    /// answer is behind on the latest write too. Tells whether that made a difference.
    pub(super) fn show(&mut self, answer: &mut Answer<'_>, stale: bool) -> bool {
        let request = answer.request;
        let Some(index) = request.index() else {
            return false;
        };
        let behind = self.behind(stale);
        let key = |item: &Value| key_of(request.table(), item);

        let mut page = Page::read(answer);
        let [table, partition] = [request.table(), page.partition.as_str()];
        let shown = self.shown.entry([table, index, partition].map(str::to_owned)).or_default();
        let mut items = answer.items().to_vec();
        items.retain(|item| key(item).is_none_or(|key| !behind.contains(&key)));
        let kept = shown.iter().filter(|(key, old)| behind.contains(key) && page.holds(old));
        for (_, old) in kept {
            let after = |item: &Value| page.compare(item, old) == Ordering::Greater;
            let place = items.iter().position(after).unwrap_or(items.len());
            items.insert(place, old.clone());
        }
        let differs = answer.items() != items;
        if differs {
            if page.cut(&mut items) {
                answer.body["LastEvaluatedKey"] = page.end.clone().into();
            }
            answer.set_items(items.clone());
        }
        shown.retain(|_, old| !page.holds(old));
        shown.extend(items.into_iter().filter_map(|item| Some((key(&item)?, item))));
        differs
    }

    fn behind(&self, stale: bool) -> HashSet<Key> {
        let latest = self.latest.iter().filter(|_| stale);
        self.behind.iter().flatten().chain(latest).cloned().collect()
    }
}

/// A page of a partition of an index: its order and its bounds.
struct Page {
    partition: String,
    /// The attributes that partition and sort the index.
    names: [Option<String>; 2],
    descending: bool,
    limit: Option<u64>,
    /// The place after which it begins.
    start: Option<Value>,
    /// The place at which it ends, if others follow.
    end: Option<Value>,
}

impl Page {
    fn read(answer: &Answer<'_>) -> Self {
        let request = answer.request;
        let start = request.body.get("ExclusiveStartKey").cloned();
        let end = answer.body.get("LastEvaluatedKey").cloned();
        let [partition_name, sort_name] = request.key_names();
        let places = [&start, &end].into_iter().flatten().filter_map(Value::as_object);
        let known = [Some("pk"), Some("sk"), partition_name.as_deref()];
        let sorts = |name: &&String| !known.contains(&Some(name.as_str()));
        let sort_name = sort_name.or_else(|| places.flat_map(|at| at.keys()).find(sorts).cloned());
        Self {
            partition: request.partition().unwrap_or_default(),
            names: [partition_name, sort_name],
            descending: request.body["ScanIndexForward"] == false,
            limit: request.body["Limit"].as_u64(),
            start,
            end,
        }
    }

    fn holds(&self, item: &Value) -> bool {
        let begun = |start| self.compare(start, item) == Ordering::Less;
        let ended = |end| self.compare(item, end) == Ordering::Greater;
        self.start.as_ref().is_none_or(begun) && !self.end.as_ref().is_some_and(ended)
    }

    /// Keeps to the limit, and tells whether the page ends earlier now: where its last item is.
    fn cut(&mut self, items: &mut Vec<Value>) -> bool {
        let limit = self.limit.and_then(|limit| usize::try_from(limit).ok());
        let Some(limit) = limit.filter(|limit| *limit < items.len()) else {
            return false;
        };
        items.truncate(limit);
        self.end = items.last().cloned();
        if let Some(attributes) = self.end.as_mut().and_then(Value::as_object_mut) {
            let names = self.names.iter().flatten().map(String::as_str).chain(["pk", "sk"]);
            let names = names.collect::<Vec<_>>();
            attributes.retain(|name, _| names.contains(&name.as_str()));
        }
        true
    }

    /// The order of the index; rows at one place in it are ordered by their keys.
    fn compare(&self, a: &Value, b: &Value) -> Ordering {
        let sort = self.names[1].as_deref().unwrap_or_default();
        let number = |item: &Value| item[sort]["N"].as_str()?.parse::<f64>().ok();
        let by_sort = match (number(a), number(b)) {
            (Some(a), Some(b)) => a.total_cmp(&b),
            _ => text(&a[sort]).cmp(&text(&b[sort])),
        };
        let keys = |item: &Value| ["pk", "sk"].map(|name| text(&item[name]).map(str::to_owned));
        let order = by_sort.then_with(|| keys(a).cmp(&keys(b)));
        if self.descending { order.reverse() } else { order }
    }
}
