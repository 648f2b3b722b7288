"""The rules, one class each. This list is all there is; others come through entry points.

Codes: EX1 what Exim refuses at start, EX2 expansions, EX3 ACLs, EX4 names that are not defined, EX5 values
and regular expressions, EX6 what is not used, EX7 versions, EX9 the check itself.
"""

from __future__ import annotations

from eximconf.lint.rule import Rule
from eximconf.lint.rules import (
    acl_arguments,
    acl_phases,
    names,
    references,
    shapes,
    start_acl,
    start_drivers,
    start_options,
    start_sections,
    suppressions,
    values,
    versions,
)
from eximconf.lint.rules.start import StartRule

START_RULES: tuple[type[StartRule], ...] = (
    start_options.OptionNotInVersion,
    start_options.UnknownOption,
    start_options.OptionSetTwice,
    start_options.AccountNotFound,
    start_options.MalformedOption,
    start_options.BadNumber,
    start_options.BadBoolean,
    start_options.BadTime,
    start_options.BadLogSelector,
    start_sections.UnknownSection,
    start_sections.RepeatedSection,
    start_sections.BadInclude,
    start_sections.BadConditional,
    start_acl.DuplicateAcl,
    start_acl.UnknownAclVerb,
    start_acl.UnknownAclWord,
    start_acl.MalformedAclLine,
    start_sections.BadNamedList,
    start_drivers.UnknownDriver,
    start_drivers.DuplicateDriver,
    start_drivers.MissingDriver,
    start_sections.BadRetryRule,
    start_sections.BadRewriteRule,
    start_sections.BadMacro,
    start_drivers.UndefinedRouter,
    start_drivers.BadDriverOptions,
    start_drivers.RefusedAtStart,
)
"""In the order in which they are asked for an error; the last one takes every error."""

RULES: tuple[type[Rule], ...] = (
    *START_RULES,
    names.UnknownVariable,
    names.UnknownItem,
    names.UnknownCondition,
    names.UnknownLookupType,
    names.WrongLookupStyle,
    shapes.WrongArity,
    shapes.MalformedBraces,
    shapes.FailExpected,
    shapes.ConditionExpected,
    shapes.BadItemOption,
    shapes.LooseDollar,
    shapes.UnknownQuoter,
    shapes.BadOperatorNumber,
    shapes.BadBooleanConstant,
    shapes.BadNumberConstant,
    shapes.ListNotExpanded,
    acl_phases.ConditionInWrongPhase,
    acl_phases.ControlInWrongPhase,
    acl_phases.VerifyInWrongPhase,
    acl_arguments.UnknownControl,
    acl_arguments.BadControlOption,
    acl_arguments.UnknownVerify,
    acl_arguments.BadVerifyOption,
    acl_arguments.BadRatelimit,
    acl_arguments.RatelimitWordBecomesKey,
    acl_arguments.BadDelay,
    acl_arguments.BadSeen,
    acl_arguments.BadConditionValue,
    acl_arguments.UnknownWordOption,
    references.UndefinedAcl,
    references.UndefinedList,
    references.UndefinedTransport,
    references.UndefinedAuthenticator,
    values.BadRuntimeValue,
    values.BadRegex,
    values.BackslashEaten,
    references.UnusedAcl,
    references.UnusedList,
    references.UnusedTransport,
    references.UnusedMacro,
    versions.RenamedOption,
    names.NameNotInVersion,
    names.RenamedVariable,
    versions.AclWordNotInVersion,
    suppressions.UnusedSuppression,
    suppressions.MalformedSuppression,
)


