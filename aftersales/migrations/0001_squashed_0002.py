"""Every table of the app as it is after the migrations this one replaces, for a database that has none of them.

A new installation takes seconds instead of a minute. One that has begun with the single migrations goes on with them.
"""

import django.contrib.postgres.fields.ranges
import django.db.models.deletion
import pgtrigger.compiler
from django.conf import settings
from django.db import migrations, models

from dealers.foundation.migration_operations import CreatedTogether
from dealers.models.guards import row_scope_sql, triggers_of

SCOPED = (
    "aftersales_responseclock",
    "aftersales_satisfactionreport",
    "aftersales_servicebreach",
    "aftersales_teamcertificate",
    "aftersales_teammember",
    "aftersales_ticket",
)

#: What belongs to a ticket is seen by whoever sees the ticket; its own policy answers the question.
BEHIND_THE_TICKET = ("aftersales_ticketevent", "aftersales_ticketfile")
SEEN_WITH_THE_TICKET = """
    ALTER TABLE {0} ENABLE ROW LEVEL SECURITY;
    ALTER TABLE {0} FORCE ROW LEVEL SECURITY;
    CREATE POLICY row_scope ON {0} USING (
        EXISTS (SELECT 1 FROM aftersales_ticket seen WHERE seen.id = ticket_id)
    );
"""


class Migration(migrations.Migration):

    replaces = [('aftersales', '0001_initial'), ('aftersales', '0002_topic_words')]

    initial = True

    dependencies = [
        ('dealers', '0034_agreements'),
    ]

    operations = [
        migrations.CreateModel(
            name='SatisfactionReport',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('dealer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='dealers.dealer')),
                ('quarter', models.CharField(max_length=7, verbose_name='quarter')),
                ('policy', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='dealers.policyversion')),
                ('due_at', models.DateTimeField(verbose_name='due at')),
                ('state', models.CharField(choices=[('due', 'Not handed in yet'), ('submitted', 'Handed in'), ('acknowledged', 'Read by headquarters')], default='due', max_length=16, verbose_name='state')),
                ('statement', models.TextField(blank=True, verbose_name="the dealer's statement")),
                ('plan', models.TextField(blank=True, verbose_name='what the dealer will do')),
                ('figures', models.JSONField(null=True, verbose_name='figures')),
                ('reminded_at', models.DateTimeField(null=True, verbose_name='reminded at')),
                ('submitted_at', models.DateTimeField(null=True, verbose_name='handed in at')),
                ('submitted_by', models.CharField(blank=True, max_length=200, verbose_name='handed in by')),
                ('acknowledged_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('acknowledged_at', models.DateTimeField(null=True, verbose_name='read at')),
                ('remark', models.TextField(blank=True, verbose_name='remark of headquarters')),
            ],
            options={
                'verbose_name': 'satisfaction report',
                'verbose_name_plural': 'satisfaction reports',
                'ordering': ['-id'],
                'indexes': [models.Index(fields=['quarter', 'state'], name='report_by_quarter')],
                'constraints': [models.UniqueConstraint(fields=('dealer', 'quarter'), name='one_satisfaction_report_a_quarter'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'due'), ('submitted_at', None)), models.Q(models.Q(('state', 'due'), _negated=True), ('figures__isnull', False), ('submitted_at__isnull', False)), _connector='OR'), name='a_report_handed_in_has_its_figures'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'acknowledged'), _negated=True), models.Q(('acknowledged_at__isnull', False), ('acknowledged_by__isnull', False)), _connector='OR'), name='a_report_read_says_by_whom')],
                'triggers': [pgtrigger.compiler.Trigger(name='a_report_handed_in_stays', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."submitted_at" IS NOT NULL AND (OLD."statement" IS DISTINCT FROM (NEW."statement") OR OLD."plan" IS DISTINCT FROM (NEW."plan") OR OLD."figures" IS DISTINCT FROM (NEW."figures") OR OLD."submitted_at" IS DISTINCT FROM (NEW."submitted_at") OR OLD."due_at" IS DISTINCT FROM (NEW."due_at")))', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='77cb736f8c3188107d2a0a2dbef21db454304ed5', operation='UPDATE', pgid='pgtrigger_a_report_handed_in_stays_80805', table='aftersales_satisfactionreport', when='BEFORE')), pgtrigger.compiler.Trigger(name='reports_are_not_removed', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='c4c44118716b0dc635aab6e4c8b0ccba8731f293', operation='DELETE', pgid='pgtrigger_reports_are_not_removed_6d27f', table='aftersales_satisfactionreport', when='BEFORE'))],
            },
        ),
        migrations.CreateModel(
            name='TeamMember',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('dealer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='dealers.dealer')),
                ('name', models.CharField(max_length=100, verbose_name='name')),
                ('role', models.CharField(choices=[('manager', 'Service manager'), ('technician', 'Technician'), ('installer', 'Installer'), ('adviser', 'Customer adviser')], max_length=16, verbose_name='role')),
                ('valid', django.contrib.postgres.fields.ranges.DateRangeField(verbose_name='belongs to the team')),
                ('recorded_at', models.DateTimeField(verbose_name='recorded at')),
                ('recorded_by', models.CharField(max_length=200, verbose_name='recorded by')),
            ],
            options={
                'verbose_name': 'member of the after-sales team',
                'verbose_name_plural': 'members of the after-sales team',
                'ordering': ['id'],
                'indexes': [models.Index(fields=['dealer'], name='member_by_dealer')],
                'constraints': [models.CheckConstraint(condition=models.Q(('valid__isempty', False), ('valid__startswith__isnull', False)), name='a_member_stays_a_day')],
            },
        ),
        migrations.CreateModel(
            name='Ticket',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.CharField(max_length=32, unique=True, verbose_name='number')),
                ('token_key', models.CharField(max_length=32, unique=True)),
                ('source', models.CharField(choices=[('public', "Customer's form"), ('hotline', 'Hotline'), ('dealer', 'Dealer'), ('api', 'API')], max_length=16, verbose_name='source')),
                ('dealer', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='dealers.dealer')),
                ('region', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='dealers.region')),
                ('product', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='dealers.product')),
                ('serial', models.CharField(blank=True, max_length=64, verbose_name='serial number')),
                ('purchase_doc', models.CharField(blank=True, max_length=64, verbose_name='receipt or order number')),
                ('topic', models.CharField(choices=[('fault', 'Does not work'), ('installation', 'Installation'), ('return_or_exchange', 'Return or exchange'), ('delivery', 'Goods delivery'), ('invoice', 'Invoice or warranty card'), ('other', 'Something else')], max_length=24, verbose_name='topic')),
                ('description', models.TextField(verbose_name='what is wrong')),
                ('contact', models.CharField(blank=True, max_length=100, verbose_name='contact')),
                ('phone', models.CharField(blank=True, max_length=16, verbose_name='phone')),
                ('phone_key', models.CharField(max_length=32)),
                ('phone_hint', models.CharField(max_length=16, verbose_name='phone')),
                ('consent_at', models.DateTimeField(verbose_name='consented at')),
                ('erased_at', models.DateTimeField(null=True, verbose_name='erased at')),
                ('device_key', models.CharField(blank=True, max_length=32)),
                ('address_key', models.CharField(blank=True, max_length=32)),
                ('received_at', models.DateTimeField(verbose_name='received at')),
                ('received_on', models.DateField(verbose_name='received on')),
                ('entered_by', models.CharField(blank=True, max_length=200, verbose_name='entered by')),
                ('external_id', models.CharField(blank=True, max_length=64, verbose_name='external number')),
                ('policy', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='dealers.policyversion')),
                ('state', models.CharField(choices=[('open', 'Awaiting first response'), ('responded', 'Being worked on'), ('resolved', 'Resolved'), ('reopened', 'Reopened'), ('closed', 'Closed')], default='open', max_length=16, verbose_name='state')),
                ('first_responded_at', models.DateTimeField(null=True, verbose_name='first response at')),
                ('resolved_at', models.DateTimeField(null=True, verbose_name='resolved at')),
                ('closed_at', models.DateTimeField(null=True, verbose_name='closed at')),
                ('reopened', models.PositiveSmallIntegerField(default=0, verbose_name='times reopened')),
                ('complaint_at', models.DateTimeField(null=True, verbose_name='complained at')),
                ('complaint_by', models.CharField(blank=True, choices=[('customer', 'Customer'), ('dealer', 'Dealer'), ('headquarters', 'Headquarters'), ('system', 'System')], max_length=16, verbose_name='complaint marked by')),
                ('rating', models.PositiveSmallIntegerField(null=True, verbose_name='rating')),
                ('rated_at', models.DateTimeField(null=True, verbose_name='rated at')),
            ],
            options={
                'verbose_name': 'ticket',
                'verbose_name_plural': 'tickets',
                'ordering': ['-id'],
                'indexes': [models.Index(fields=['dealer', 'state'], name='ticket_by_dealer'), models.Index(fields=['received_on', 'device_key'], name='ticket_by_device'), models.Index(fields=['received_on', 'address_key'], name='ticket_by_address'), models.Index(fields=['phone_key', '-id'], name='ticket_by_phone'), models.Index(condition=models.Q(('state', 'resolved')), fields=['resolved_at'], name='ticket_to_close'), models.Index(condition=models.Q(('erased_at', None), ('state', 'closed')), fields=['closed_at'], name='ticket_to_forget')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('external_id', ''), _negated=True), fields=('entered_by', 'external_id'), name='a_system_names_a_ticket_once'), models.CheckConstraint(condition=models.Q(('rating', None), models.Q(('rating__gte', 1), ('rating__lte', 5)), _connector='OR'), name='a_rating_has_one_to_five_stars'), models.CheckConstraint(condition=models.Q(models.Q(('rated_at__isnull', True), ('rating__isnull', True)), ('rated_at__isnull', False), _connector='OR'), name='a_rating_says_when'), models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['resolved', 'closed']), _negated=True), ('resolved_at__isnull', False), _connector='OR'), name='a_resolved_ticket_says_when'), models.CheckConstraint(condition=models.Q(models.Q(('closed_at__isnull', False), ('state', 'closed')), models.Q(models.Q(('state', 'closed'), _negated=True), ('closed_at', None)), _connector='OR'), name='a_closed_ticket_says_when')],
            },
        ),
        migrations.CreateModel(
            name='ResponseClock',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('ticket', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='clocks', to='aftersales.ticket')),
                ('dealer', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='dealers.dealer')),
                ('started_at', models.DateTimeField(verbose_name='since')),
                ('hours', models.PositiveIntegerField(verbose_name='hours')),
                ('due_at', models.DateTimeField(verbose_name='due at')),
                ('assigned_by', models.CharField(blank=True, max_length=200, verbose_name='assigned by')),
                ('reason', models.TextField(blank=True, verbose_name='reason')),
                ('reminded_at', models.DateTimeField(null=True, verbose_name='reminded at')),
                ('escalated', models.PositiveSmallIntegerField(default=0, verbose_name='escalated to level')),
                ('responded_at', models.DateTimeField(null=True, verbose_name='responded at')),
                ('ended_at', models.DateTimeField(null=True, verbose_name='ended at')),
            ],
            options={
                'verbose_name': 'response clock',
                'verbose_name_plural': 'response clocks',
                'ordering': ['id'],
                'indexes': [models.Index(condition=models.Q(('ended_at', None), ('responded_at', None)), fields=['due_at'], name='clock_that_runs'), models.Index(fields=['dealer', 'started_at'], name='clock_by_dealer')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('ended_at', None)), fields=('ticket',), name='one_clock_runs_for_a_ticket'), models.CheckConstraint(condition=models.Q(('due_at__gt', models.F('started_at'))), name='a_response_takes_time')],
            },
        ),
        migrations.CreateModel(
            name='TeamCertificate',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('member', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='certificates', to='aftersales.teammember')),
                ('dealer', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='dealers.dealer')),
                ('title', models.CharField(max_length=200, verbose_name='certificate')),
                ('number', models.CharField(max_length=64, verbose_name='certificate number')),
                ('valid', django.contrib.postgres.fields.ranges.DateRangeField(verbose_name='valid')),
                ('file', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='dealers.storedfile')),
                ('state', models.CharField(choices=[('pending', 'To be checked'), ('confirmed', 'Checked'), ('declined', 'Declined')], default='pending', max_length=16, verbose_name='state')),
                ('recorded_at', models.DateTimeField(verbose_name='recorded at')),
                ('recorded_by', models.CharField(max_length=200, verbose_name='recorded by')),
                ('decided_at', models.DateTimeField(null=True, verbose_name='decided at')),
                ('decided_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('reason', models.CharField(blank=True, max_length=500, verbose_name='reason')),
            ],
            options={
                'verbose_name': 'certificate of a team member',
                'verbose_name_plural': 'certificates of team members',
                'ordering': ['id'],
                'indexes': [models.Index(fields=['state', 'id'], name='certificate_by_state')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('state', 'declined'), _negated=True), fields=('member', 'number'), name='a_certificate_is_recorded_once'), models.CheckConstraint(condition=models.Q(('valid__endswith__isnull', False), ('valid__isempty', False), ('valid__startswith__isnull', False)), name='a_certificate_ends'), models.CheckConstraint(condition=models.Q(models.Q(('decided_at', None), ('decided_by', None), ('state', 'pending')), models.Q(models.Q(('state', 'pending'), _negated=True), ('decided_at__isnull', False), ('decided_by__isnull', False)), _connector='OR'), name='a_checked_certificate_says_by_whom')],
            },
        ),
        migrations.CreateModel(
            name='TicketEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('ticket', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='events', to='aftersales.ticket')),
                ('act', models.CharField(max_length=16, verbose_name='act')),
                ('side', models.CharField(choices=[('customer', 'Customer'), ('dealer', 'Dealer'), ('headquarters', 'Headquarters'), ('system', 'System')], max_length=16, verbose_name='side')),
                ('text', models.TextField(blank=True, verbose_name='what was said')),
                ('public', models.BooleanField(default=True, verbose_name='shown to the customer')),
                ('before', models.JSONField(default=dict, verbose_name='before')),
                ('after', models.JSONField(default=dict, verbose_name='after')),
                ('at', models.DateTimeField(verbose_name='at')),
                ('by', models.CharField(blank=True, max_length=200, verbose_name='by')),
            ],
            options={
                'verbose_name': 'event of a ticket',
                'verbose_name_plural': 'events of tickets',
                'ordering': ['id'],
                'triggers': [pgtrigger.compiler.Trigger(name='ticket_events_stay', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n    IF TG_OP = 'UPDATE' AND NEW.text = '' AND to_jsonb(NEW) - 'text' = to_jsonb(OLD) - 'text' THEN\n        RETURN NEW;\n    END IF;\n    RAISE EXCEPTION 'the events of a ticket stay as they were recorded';\n", hash='c3ed011fc0d98f5fd1ae44eb2919b41b6b12bae4', operation='UPDATE OR DELETE', pgid='pgtrigger_ticket_events_stay_957b8', table='aftersales_ticketevent', when='BEFORE'))],
            },
        ),
        migrations.CreateModel(
            name='TicketFile',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('ticket', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='files', to='aftersales.ticket')),
                ('file', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='dealers.storedfile')),
                ('name', models.CharField(max_length=200, verbose_name='file name')),
                ('side', models.CharField(choices=[('customer', 'Customer'), ('dealer', 'Dealer'), ('headquarters', 'Headquarters'), ('system', 'System')], max_length=16, verbose_name='side')),
                ('added_at', models.DateTimeField(verbose_name='added at')),
                ('added_by', models.CharField(blank=True, max_length=200, verbose_name='added by')),
            ],
            options={
                'verbose_name': 'file of a ticket',
                'verbose_name_plural': 'files of tickets',
                'ordering': ['id'],
            },
        ),
        migrations.CreateModel(
            name='ServiceBreach',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('first_response', 'First response missed'), ('satisfaction_report', 'Satisfaction report overdue')], max_length=24, verbose_name='kind')),
                ('dealer', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='dealers.dealer')),
                ('clock', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='breaches', to='aftersales.responseclock')),
                ('report', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='breaches', to='aftersales.satisfactionreport')),
                ('policy', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='dealers.policyversion')),
                ('breached_at', models.DateTimeField(verbose_name='missed at')),
                ('recorded_at', models.DateTimeField(verbose_name='recorded at')),
                ('waived_at', models.DateTimeField(null=True, verbose_name='waived at')),
                ('waived_by', models.CharField(blank=True, max_length=200, verbose_name='waived by')),
                ('waive_reason', models.TextField(blank=True, verbose_name='why it was waived')),
            ],
            options={
                'verbose_name': 'service breach',
                'verbose_name_plural': 'service breaches',
                'ordering': ['-id'],
                'indexes': [models.Index(fields=['dealer', 'breached_at'], name='breach_by_dealer')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('clock__isnull', False), ('waived_at', None)), fields=('clock',), name='a_response_is_missed_once'), models.UniqueConstraint(condition=models.Q(('report__isnull', False), ('waived_at', None)), fields=('report',), name='a_report_is_overdue_once'), models.CheckConstraint(condition=models.Q(models.Q(('clock__isnull', False), ('kind', 'first_response'), ('report', None)), models.Q(('clock', None), ('kind', 'satisfaction_report'), ('report__isnull', False)), _connector='OR'), name='a_breach_names_what_was_owed')],
            },
        ),
    ]


GUARDS = (
    *(row_scope_sql(table)[0] for table in SCOPED),
    *(SEEN_WITH_THE_TICKET.format(table) for table in BEHIND_THE_TICKET),
)
Migration.operations = [
    CreatedTogether(Migration.operations),
    migrations.RunSQL(triggers_of(Migration.operations), migrations.RunSQL.noop),
    *(migrations.RunSQL(sql, migrations.RunSQL.noop) for sql in GUARDS),
]
