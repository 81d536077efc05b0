"""The KPI scorecard of a dealer and quarter: what each part measures, the points it earns, the rank within the tier."""
