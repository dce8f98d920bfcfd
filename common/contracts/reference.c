#include "contracts/reference.h"

static const ch_code health_kinds[] = {{"hospital_trust", "Hospital trust"},
                                       {"surgery", "GP surgery"},
                                       {"ambulance_trust", "Ambulance trust"},
                                       {"mental_health_trust", "Mental health trust"},
                                       {"community_trust", "Community health trust"},
                                       {"hospice", "Hospice"},
                                       {0, 0}};
static const ch_code health_groups[] = {{"nursing_and_midwifery", "Nursing and midwifery"},
                                        {"medical_and_dental", "Medical and dental"},
                                        {"allied_health_professionals", "Allied health professionals"},
                                        {"additional_clinical_services", "Additional clinical services"},
                                        {"administrative_and_clerical", "Administrative and clerical"},
                                        {"estates_and_ancillary", "Estates and ancillary"},
                                        {"healthcare_scientists", "Healthcare scientists"},
                                        {"additional_professional_scientific_and_technical", "Additional professional scientific and technical"},
                                        {"students", "Students"},
                                        {0, 0}};
static const ch_code health_bands[] = {{"band_2", "Band 2"},       {"band_3", "Band 3"},
                                       {"band_4", "Band 4"},       {"band_5", "Band 5"},
                                       {"band_6", "Band 6"},       {"band_7", "Band 7"},
                                       {"band_8a", "Band 8a"},     {"band_8b", "Band 8b"},
                                       {"band_8c", "Band 8c"},     {"band_8d", "Band 8d"},
                                       {"band_9", "Band 9"},       {"medical", "Medical and dental pay"},
                                       {"local_pay", "Local pay"}, {0, 0}};
static const ch_code council_kinds[] = {
    {"council", "Council"}, {"combined_authority", "Combined authority"}, {"fire_service", "Fire and rescue service"}, {0, 0}};
static const ch_code council_groups[] = {{"social_care", "Social care"},
                                         {"planning_and_building", "Planning and building control"},
                                         {"highways_and_transport", "Highways and transport"},
                                         {"environment_and_waste", "Environment and waste"},
                                         {"libraries_and_culture", "Libraries and culture"},
                                         {"finance_and_legal", "Finance and legal"},
                                         {"customer_services", "Customer services"},
                                         {"digital_and_data", "Digital and data"},
                                         {0, 0}};
static const ch_code council_bands[] = {{"njc_a", "Grade A"},
                                        {"njc_b", "Grade B"},
                                        {"njc_c", "Grade C"},
                                        {"njc_d", "Grade D"},
                                        {"njc_e", "Grade E"},
                                        {"njc_f", "Grade F"},
                                        {"njc_g", "Grade G"},
                                        {"chief_officer", "Chief officer"},
                                        {0, 0}};
static const ch_code housing_kinds[] = {{"housing_association", "Housing association"}, {"almo", "Arm's length management organisation"}, {0, 0}};
static const ch_code housing_groups[] = {{"housing_management", "Housing management"}, {"repairs_and_maintenance", "Repairs and maintenance"},
                                         {"support_and_care", "Support and care"},     {"development", "Development"},
                                         {"housing_corporate", "Corporate services"},  {0, 0}};
static const ch_code housing_bands[] = {{"housing_1", "Level 1"}, {"housing_2", "Level 2"}, {"housing_3", "Level 3"},
                                        {"housing_4", "Level 4"}, {"housing_5", "Level 5"}, {0, 0}};
static const ch_code school_kinds[] = {{"school", "School"}, {"academy_trust", "Academy trust"}, {"college", "College"}, {0, 0}};
static const ch_code school_groups[] = {{"teaching", "Teaching"},
                                        {"teaching_support", "Teaching support"},
                                        {"school_leadership", "School leadership"},
                                        {"pupil_services", "Pupil services"},
                                        {"school_operations", "School operations"},
                                        {0, 0}};
static const ch_code school_bands[] = {
    {"mps", "Main pay scale"}, {"ups", "Upper pay scale"}, {"leadership", "Leadership scale"}, {"support_scale", "Support staff scale"}, {0, 0}};

const ch_sector ch_sectors[] = {
    {"health", "Health", health_kinds, health_groups, health_bands},
    {"local_government", "Local government", council_kinds, council_groups, council_bands},
    {"housing", "Social housing", housing_kinds, housing_groups, housing_bands},
    {"schools", "Schools", school_kinds, school_groups, school_bands},
    {0, 0, 0, 0, 0},
};
const ch_code ch_contract_types[] = {
    {"permanent", "Permanent"}, {"fixed_term", "Fixed term"}, {"bank", "Bank"},           {"apprenticeship", "Apprenticeship"},
    {"locum", "Locum"},         {"secondment", "Secondment"}, {"voluntary", "Voluntary"}, {0, 0}};
const ch_code ch_working_patterns[] = {{"full_time", "Full time"},       {"part_time", "Part time"},      {"flexible", "Flexible working"},
                                       {"job_share", "Job share"},       {"shift", "Shift work"},         {"compressed_hours", "Compressed hours"},
                                       {"home_working", "Home working"}, {"term_time", "Term time only"}, {0, 0}};
const ch_code ch_regions[] = {{"east_midlands", "East Midlands"},
                              {"east_of_england", "East of England"},
                              {"london", "London"},
                              {"north_east", "North East"},
                              {"north_west", "North West"},
                              {"northern_ireland", "Northern Ireland"},
                              {"scotland", "Scotland"},
                              {"south_east", "South East"},
                              {"south_west", "South West"},
                              {"wales", "Wales"},
                              {"west_midlands", "West Midlands"},
                              {"yorkshire_and_the_humber", "Yorkshire and the Humber"},
                              {0, 0}};
const ch_code ch_salary_periods[] = {{"year", "a year"}, {"hour", "an hour"}, {0, 0}};

static const ch_code *find(const ch_code *list, ch_str code)
{
    for (; list->code; list++)
        if (ch_str_is(code, list->code)) return list;
    return NULL;
}

const ch_sector *ch_sector_of(ch_str code)
{
    for (const ch_sector *s = ch_sectors; s->code; s++)
        if (ch_str_is(code, s->code)) return s;
    return NULL;
}

bool ch_code_known(const ch_code *list, ch_str code) { return find(list, code) != NULL; }

ch_str ch_code_name(const ch_code *list, ch_str code)
{
    const ch_code *found = find(list, code);
    return found ? ch_str_of(found->name) : code;
}

/* Looks through one list of every sector; `offset` says which. */
static ch_str any_sector(ch_str code, size_t offset)
{
    for (const ch_sector *s = ch_sectors; s->code; s++) {
        const ch_code *found = find(*(const ch_code *const *)((const char *)s + offset), code);
        if (found) return ch_str_of(found->name);
    }
    return code;
}

ch_str ch_staff_group_name(ch_str code) { return any_sector(code, offsetof(ch_sector, staff_groups)); }
ch_str ch_pay_band_name(ch_str code) { return any_sector(code, offsetof(ch_sector, pay_bands)); }
ch_str ch_kind_name(ch_str code) { return any_sector(code, offsetof(ch_sector, kinds)); }
