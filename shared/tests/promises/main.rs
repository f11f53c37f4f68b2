//! The promises of the store, kept by every engine: each is one async function, and one macro makes
//! a named test of it for each engine. A promise that is not listed is dead code, which clippy refuses.

#![expect(clippy::expect_used, reason = "a test says what it counted on")]

mod damage;
mod due;
mod engine;
mod faults;
mod limits;
mod reads;
mod tokens;
mod writes;

/// One test of each promise for each engine.
macro_rules! promises {
    ($($area:ident { $($promise:ident,)+ })+) => {
        mod dynoxide_in_memory {$(
            mod $area {$(
                #[tokio::test]
                async fn $promise() {
                    crate::$area::$promise(&crate::engine::World::in_memory().await).await;
                }
            )+}
        )+}

        mod dynoxide_on_file {$(
            mod $area {$(
                #[tokio::test]
                async fn $promise() {
                    crate::$area::$promise(&crate::engine::World::on_file().await).await;
                }
            )+}
        )+}

        mod dynamodb_local {$(
            mod $area {$(
                #[tokio::test]
                #[ignore = "needs DynamoDB Local: `cargo xtask contract` starts it"]
                async fn $promise() {
                    crate::$area::$promise(&crate::engine::World::on_dynamodb_local().await).await;
                }
            )+}
        )+}
    };
}

promises! {
    writes {
        creating_twice_is_a_conflict_that_names_it,
        a_stale_replace_is_a_conflict_and_changes_nothing,
        racing_increments_are_all_counted,
        several_rows_change_together,
        one_failed_precondition_stops_every_row,
        a_conflict_names_exactly_the_actions_that_failed,
        c_8_3_nothing_lands_after_the_gate_moved,
        c_7_3_racing_counts_stop_at_their_limit,
        touch_sets_a_time_of_what_is_there_and_makes_nothing,
        a_delete_holds_to_its_precondition,
        a_check_holds_and_writes_nothing,
        rows_that_are_absent_have_no_version_number_or_epoch,
    }
    reads {
        a_batch_keeps_its_order_with_gaps_and_duplicates,
        a_batch_takes_a_hundred_keys_and_no_more,
        a_batch_sees_what_was_just_written,
        pages_of_one_visit_every_row_once_in_order,
        a_prefix_finds_its_rows_and_no_others,
        a_scan_visits_every_row_of_one_table,
        every_value_reads_back_as_it_was_written,
        every_kind_of_row_reads_back,
        c_5_2_a_row_ends_at_its_very_second,
    }
    due {
        c_5_3_every_due_row_is_in_one_shard_the_longest_due_first,
        c_5_3_only_what_is_due_is_found,
        a_lane_sees_its_own_work_only,
        work_that_is_done_leaves_the_index,
        the_due_index_gives_no_more_than_asked,
    }
    limits {
        a_hundred_actions_are_written_and_one_more_is_refused,
        two_actions_on_one_row_are_refused,
        a_row_of_400_kb_is_refused_and_one_below_is_written,
        a_transaction_of_4_mb_is_refused_and_one_below_is_written,
    }
    damage {
        an_unknown_attribute_is_corrupt_and_stays_unnamed,
        an_unknown_kind_is_corrupt,
        a_row_without_kind_or_version_is_corrupt,
        an_attribute_of_an_unknown_type_is_corrupt,
    }
    tokens {
        a_lost_answer_does_not_count_twice,
        a_lost_answer_does_not_read_as_a_conflict,
        an_answer_cut_off_does_not_count_twice,
    }
    faults {
        a_throttled_call_is_tried_again,
        throttling_without_end_is_an_error_in_the_end,
        keys_left_out_are_asked_for_again,
        a_transaction_in_the_way_is_waited_for,
        transactions_in_the_way_without_end_are_an_error_in_the_end,
        a_fault_of_the_service_is_tried_again,
        an_engine_out_of_reach_is_unavailable,
    }
}
